using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>What every flow node has.</summary>
/// <param name="Id">id in the file</param>
/// <param name="Element">the BPMN element it was read from, such as <c>userTask</c></param>
/// <param name="Name">name with translations; the id where there is none</param>
/// <param name="Parent">the sub-process it lies in; null directly in the process</param>
/// <param name="Order">its place in the file, which decides between equals</param>
/// <param name="Incoming">flows into the node, in the file's order</param>
/// <param name="Outgoing">flows out of the node, in the file's order</param>
/// <param name="DefaultFlow">the flow taken when no condition holds</param>
/// <param name="Work">Portal's settings of the node</param>
public sealed record NodeFacts(
    string Id, string Element, LocalText Name, string? Parent, int Order,
    IReadOnlyList<SequenceFlow> Incoming, IReadOnlyList<SequenceFlow> Outgoing, string? DefaultFlow, NodeWork Work);

/// <summary>A thing a token can stand on.</summary>
public abstract class FlowNode(NodeFacts facts)
{
    /// <inheritdoc cref="NodeFacts.Id"/>
    public string Id => facts.Id;
    /// <inheritdoc cref="NodeFacts.Element"/>
    public string Element => facts.Element;
    /// <inheritdoc cref="NodeFacts.Name"/>
    public LocalText Name => facts.Name;
    /// <inheritdoc cref="NodeFacts.Parent"/>
    public string? Parent => facts.Parent;
    /// <inheritdoc cref="NodeFacts.Order"/>
    public int Order => facts.Order;
    /// <inheritdoc cref="NodeFacts.Incoming"/>
    public IReadOnlyList<SequenceFlow> Incoming => facts.Incoming;
    /// <inheritdoc cref="NodeFacts.Outgoing"/>
    public IReadOnlyList<SequenceFlow> Outgoing => facts.Outgoing;
    /// <inheritdoc cref="NodeFacts.DefaultFlow"/>
    public string? DefaultFlow => facts.DefaultFlow;
    /// <inheritdoc cref="NodeFacts.Work"/>
    public NodeWork Work => facts.Work;
}

/// <summary>An arrow; with a condition it is taken only when that is true.</summary>
public sealed record SequenceFlow(string Id, LocalText? Name, string Source, string Target, Expression? Condition);

/// <summary>An element the engine refuses (complex gateway, ad-hoc sub-process, transaction, choreography …).</summary>
public sealed class UnsupportedNode(NodeFacts facts) : FlowNode(facts);
