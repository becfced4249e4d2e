using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Portal.Tests.Workflows.Engine;

/// <summary>
/// A block of a well-formed map: one way in, one way out, and a number of user tasks that will be done in it,
/// known beforehand. Maps for property tests are made of blocks.
/// </summary>
internal abstract record Block
{
    /// <summary>User tasks done when the block is run through once.</summary>
    public abstract int Tasks { get; }

    /// <summary>Writes the block; gives the ids of its first and last node.</summary>
    public abstract (string In, string Out) Write(Level level);

    public sealed record Task : Block
    {
        public override int Tasks => 1;
        public override (string In, string Out) Write(Level level) => level.Single("userTask");
    }

    public sealed record Pass : Block
    {
        public override int Tasks => 0;
        public override (string In, string Out) Write(Level level) => level.Single("task");
    }

    public sealed record Sequence(Block First, Block Second) : Block
    {
        public override int Tasks => First.Tasks + Second.Tasks;
        public override (string In, string Out) Write(Level level)
        {
            var (first, second) = (First.Write(level), Second.Write(level));
            level.Flow(first.Out, second.In);
            return (first.In, second.Out);
        }
    }

    /// <summary>Branches between two gateways; the chosen ones are taken.</summary>
    public sealed record Split(string Gateway, Block[] Branches, bool[] Chosen) : Block
    {
        public override int Tasks => Branches.Where((_, i) => Chosen[i]).Sum(b => b.Tasks);
        public override (string In, string Out) Write(Level level)
        {
            var (open, close) = (level.Single(Gateway).In, level.Single(Gateway).In);
            foreach (var (index, branch) in Branches.Index())
            {
                var (first, last) = branch.Write(level);
                level.Flow(open, first, Gateway == "parallelGateway" ? null : Chosen[index] ? "1 = 1" : "1 = 2");
                level.Flow(last, close);
            }
            return (open, close);
        }
    }

    public sealed record Loop(Block Body, int Times) : Block
    {
        public override int Tasks => Body.Tasks * Times;
        public override (string In, string Out) Write(Level level)
        {
            var name = $"n{level.Next()}";
            var begin = level.Script(name, "0");
            var (merge, decide) = (level.Single("exclusiveGateway").In, level.Single("exclusiveGateway").In);
            var count = level.Script(name, $"{name} + 1");
            var body = Body.Write(level);
            var after = level.Single("task").In;
            level.Flow(begin, merge);
            level.Flow(merge, body.In);
            level.Flow(body.Out, count);
            level.Flow(count, decide);
            level.Flow(decide, merge, $"{name} < {Times}");
            level.Flow(decide, after, $"{name} >= {Times}");
            return (begin, after);
        }
    }

    /// <summary>A sub-process, repeated when <see cref="Times"/> says so.</summary>
    public sealed record Part(Block Body, int? Times, bool IsSequential) : Block
    {
        public override int Tasks => Body.Tasks * (Times ?? 1);
        public override (string In, string Out) Write(Level level)
        {
            var inner = level.Inner();
            inner.Whole(Body);
            var loop = Times is null ? "" : $"""<multiInstanceLoopCharacteristics isSequential="{(IsSequential ? "true" : "false")}"><loopCardinality>{Times}</loopCardinality></multiInstanceLoopCharacteristics>""";
            return level.Single("subProcess", loop + inner.Xml);
        }
    }

    /// <summary>Random blocks, smaller with depth.</summary>
    public static Gen<Block> Any(int depth)
    {
        var leaf = Gen.Frequency((4, Gen.Constant<Block>(new Task())), (1, Gen.Constant<Block>(new Pass())));
        if (depth == 0) return leaf;
        var smaller = Any(depth - 1);
        var branches = Gen.Choose(2, 3).SelectMany(n => smaller.ArrayOf(n));
        return Gen.Frequency(
            (2, leaf),
            (3, smaller.Zip(smaller, (a, b) => (Block)new Sequence(a, b))),
            (3, branches.Select(b => (Block)new Split("parallelGateway", b, [.. b.Select(_ => true)]))),
            (2, branches.SelectMany(b => Gen.Choose(0, b.Length - 1).Select(at => (Block)new Split("exclusiveGateway", b, [.. b.Select((_, i) => i == at)])))),
            (2, branches.SelectMany(b => Gen.Choose(1, (1 << b.Length) - 1).Select(mask => (Block)new Split("inclusiveGateway", b, [.. b.Select((_, i) => (mask >> i & 1) == 1)])))),
            (1, smaller.Zip(Gen.Choose(1, 3), (b, n) => (Block)new Loop(b, n))),
            (1, smaller.Select(b => (Block)new Part(b, null, false))),
            (1, smaller.Zip(Gen.Choose(0, 3), (b, n) => (Block)new Part(b, n, n % 2 == 0))));
    }

    /// <summary>A whole process around a block.</summary>
    public string ToXml()
    {
        var level = new Level();
        level.Whole(this);
        return Bpmn.File(level.Xml);
    }
}

/// <summary>Where blocks are written: the process or a sub-process.</summary>
internal sealed class Level
{
    private readonly StringBuilder xml = new();
    private readonly int[] counter;

    public Level() : this(new int[1]) { }

    private Level(int[] counter) => this.counter = counter;

    public string Xml => xml.ToString();

    public Level Inner() => new(counter);

    public int Next() => ++counter[0];

    public (string In, string Out) Single(string element, string inside = "")
    {
        var id = $"{element}{Next()}";
        xml.Append($"<{element} id=\"{id}\">{inside}</{element}>");
        return (id, id);
    }

    public string Script(string variable, string expression) => Single(
        "scriptTask", $"<extensionElements><portal:result variable=\"{variable}\"/></extensionElements><script>{expression}</script>").In;

    public void Flow(string from, string to, string? condition = null)
    {
        var inside = condition is null ? "" : $"<conditionExpression>{System.Security.SecurityElement.Escape(condition)}</conditionExpression>";
        xml.Append($"<sequenceFlow id=\"f{Next()}\" sourceRef=\"{from}\" targetRef=\"{to}\">{inside}</sequenceFlow>");
    }

    public void Whole(Block block)
    {
        var (start, body, end) = (Single("startEvent").In, block.Write(this), Single("endEvent").In);
        Flow(start, body.In);
        Flow(body.Out, end);
    }
}
