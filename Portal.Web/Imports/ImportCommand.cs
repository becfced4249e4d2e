using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Imports;
using Portal.Web.Shared;

namespace Portal.Web.Imports;

/// <summary>
/// <c>import KIND FILE</c> on the command line: the same line as on the page, told as it goes. Exit codes: 0 everything acceptable was taken in,
/// 1 stopped, 2 wrong arguments.
/// </summary>
internal sealed record ImportCommand(string Kind, string File)
{
    private static readonly TimeSpan Tell = TimeSpan.FromSeconds(2);

    /// <summary>Name of the source; the file's name when null, or under what that file was taken in before.</summary>
    public string? Source { get; private init; }
    /// <summary>IANA zone of times without an offset.</summary>
    public string? TimeZone { get; private init; }
    /// <summary>ISO 3166 code of rows that name no country.</summary>
    public string? Country { get; private init; }
    /// <summary>What is done with likely duplicates; null leaves them out.</summary>
    public DuplicateChoice? Duplicates { get; private init; }
    /// <summary>12/31 instead of 31/12.</summary>
    public bool MonthFirst { get; private init; }
    /// <summary>What parts the decimals of amounts; null takes what the file tells.</summary>
    public DecimalSign? Decimals { get; private init; }
    /// <summary>Refuse rows that name unknown vehicles or drivers instead of creating them.</summary>
    public bool KnownOnly { get; private init; }
    /// <summary>Column code → heading, where the guess is wrong.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; private init; } = new Dictionary<string, string>();

    /// <summary>Takes the command out of the program's arguments and leaves the others; null when they ask for no import.</summary>
    /// <exception cref="FormatException">An import without kind or file, or with an option that lacks its value.</exception>
    public static ImportCommand? Take(ref string[] args)
    {
        if (args is not ["import", ..]) return null;
        if (args.Length < 3 || args[1].StartsWith('-') || args[2].StartsWith('-')) throw new FormatException("import KIND FILE [--source NAME] [--time-zone ZONE] [--month-first] [--decimals point|comma] [--known-only] [--country CC] [--duplicates leave-out|take-as-new|add-to-existing] [--column CODE=HEADING]…");
        var command = new ImportCommand(args[1], Path.GetFullPath(args[2]));
        var columns = new Dictionary<string, string>();
        var others = new List<string>();
        for (var i = 3; i < args.Length; i++)
            switch (args[i])
            {
                case "--source": command = command with { Source = Value(args, ref i) }; break;
                case "--time-zone": command = command with { TimeZone = Value(args, ref i) }; break;
                case "--month-first": command = command with { MonthFirst = true }; break;
                case "--decimals": command = command with { Decimals = Sign(Value(args, ref i)) }; break;
                case "--duplicates": command = command with { Duplicates = Choice(Value(args, ref i)) }; break;
                case "--country": command = command with { Country = Value(args, ref i) }; break;
                case "--known-only": command = command with { KnownOnly = true }; break;
                case "--column" when Value(args, ref i).Split('=', 2) is [var code, var heading]: columns[code] = heading; break;
                default: others.Add(args[i]); break;
            }
        args = [.. others];
        return command with { Columns = columns };
    }

    /// <summary>Runs the import and tells about it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IServiceProvider services, TextWriter output, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var texts = scope.ServiceProvider.GetRequiredService<Texts>();
        try
        {
            return await RunAsync(scope.ServiceProvider, texts, output, ct);
        }
        catch (RuleBrokenException refusal)
        {
            await output.WriteLineAsync(texts.Of(refusal));
            return 1;
        }
        catch (IOException unreadable)
        {
            await output.WriteLineAsync(unreadable.Message);
            return 1;
        }
    }

    private async Task<int> RunAsync(IServiceProvider services, Texts texts, TextWriter output, CancellationToken ct)
    {
        var line = services.GetRequiredService<ImportLine>();
        var query = services.GetRequiredService<ImportQuery>();
        var actor = Actor.System("import") with { Origin = "command line" };
        // A running application knows its streets; this one has just been put together.
        await services.GetRequiredService<RoadsReading>().ReadAsync(ct);
        ImportRun run;
        _ = services.GetRequiredService<ImportKinds>()[Kind];
        await using (var content = OpenFile()) run = await line.UploadAsync(Kind, Path.GetFileName(File), content, actor, ct);
        run = await line.DecideAsync(run.Id, Settings(run), actor, ct);
        await output.WriteLineAsync($"{run.FileName} → {run.Source}");
        foreach (var (column, index) in run.Map.OrderBy(m => m.Value))
            await output.WriteLineAsync($"  {run.Header[index]} → {texts[$"import.column.{run.Kind}.{column}"]}");

        await line.CheckAsync(run.Id, actor, ct);
        run = await WorkAsync(run.Id, services, texts, output, actor, ct);
        if (run.State != ImportState.Checked) return await StoppedAsync(run, texts, output);
        if (Duplicates is { } choice && Kind == "clients")
        {
            await services.GetRequiredService<DuplicateDecisions>().ChooseAsync(run.Id, choice, actor, ct);
            run = await query.RunAsync(run.Id, actor, ct);
        }
        await output.WriteLineAsync(texts["import.cli-checked", run.Rows, run.Refused, run.Known, run.Rows - run.Refused - run.Known]);
        foreach (var (reason, about, rows) in (await query.PreviewAsync(run.Id, actor, ct)).Reasons)
            await output.WriteLineAsync($"  {rows,9:n0}  {RefusedRows.Reason(texts, run.Kind, reason, about is null ? [] : [about])}");

        if (run.Rows > 0)
        {
            await line.ApplyAsync(run.Id, actor, ct);
            run = await WorkAsync(run.Id, services, texts, output, actor, ct);
        }
        foreach (var (note, rows) in run.Notes.OrderByDescending(n => n.Value)) await output.WriteLineAsync($"  {rows,9:n0}  {texts[$"import.note.{note}"]}");
        await output.WriteLineAsync(texts["import.cli-applied", run.Applied, run.Skipped, run.Refused]);
        if (run.Repeated > 0) await output.WriteLineAsync($"  {run.Repeated,9:n0}  {texts["import.repeated"]}");
        if (run.Refused > 0) await output.WriteLineAsync(texts["import.cli-report", await ReportAsync(run, query, texts, services, actor, ct)]);
        if (run.State != ImportState.Completed) return await StoppedAsync(run, texts, output);
        return run.Refused == run.Rows ? 1 : 0;
    }

    private FileStream OpenFile()
    {
        try
        {
            return System.IO.File.OpenRead(File);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new RuleBrokenException("import.no-file", File);
        }
    }

    private ImportSettings Settings(ImportRun run)
    {
        var map = new Dictionary<string, int>(run.Map);
        foreach (var (code, heading) in Columns)
        {
            var index = Array.FindIndex(run.Header, h => string.Equals(h.Trim(), heading.Trim(), StringComparison.OrdinalIgnoreCase));
            if (index < 0) throw new RuleBrokenException("import.no-such-column", heading);
            foreach (var taken in map.Where(m => m.Value == index).Select(m => m.Key).ToList()) map.Remove(taken);
            map[code] = index;
        }
        return new ImportSettings { Source = Source ?? run.Source, Map = map, CreateMissing = !KnownOnly, TimeZone = TimeZone ?? run.TimeZone, DayFirst = !MonthFirst && run.DayFirst, Decimals = Decimals ?? run.Decimals, Country = Country ?? run.Country };
    }

    private static async Task<ImportRun> WorkAsync(Guid id, IServiceProvider services, Texts texts, TextWriter output, Actor actor, CancellationToken ct)
    {
        var query = services.GetRequiredService<ImportQuery>();
        var time = services.GetRequiredService<TimeProvider>();
        while (true)
        {
            // A running application may have taken the work up first: then this returns at once, and the run is watched.
            var work = services.GetRequiredService<ImportWork>().RunAsync(id, ct);
            while (await Task.WhenAny(work, Task.Delay(Tell, time, ct)) != work) await TellAsync(await query.RunAsync(id, actor, ct), texts, output);
            await work;
            var run = await query.RunAsync(id, actor, ct);
            if (!run.IsWorking) return run;
            await Task.Delay(Tell, time, ct);
        }
    }

    private static Task TellAsync(ImportRun run, Texts texts, TextWriter output) => output.WriteLineAsync(
        run.State == ImportState.Applying ? texts["import.cli-applying", run.Applied + run.Skipped, run.Rows - run.Refused]
            : run.Compared is { } compared ? texts["import.comparing", run.Rows, compared] : texts["import.cli-checking", run.Rows]);

    private static async Task<string> ReportAsync(ImportRun run, ImportQuery query, Texts texts, IServiceProvider services, Actor actor, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(services.GetRequiredService<ImportOptions>().Folder, $"{run.Id:n}-report"));
        var path = Path.Combine(folder.FullName, RefusedRows.FileName(run));
        await using var report = System.IO.File.Create(path);
        await RefusedRows.WriteAsync(run, report, query, texts, actor, ct);
        return path;
    }

    private static async Task<int> StoppedAsync(ImportRun run, Texts texts, TextWriter output)
    {
        await output.WriteLineAsync(run.Failure is { } failure ? texts[$"rule.{failure}", [.. run.FailureArgs]] : texts[$"importState.{run.State}"]);
        return 1;
    }

    private static DuplicateChoice Choice(string text) => text switch
    {
        "leave-out" => DuplicateChoice.LeaveOut,
        "take-as-new" => DuplicateChoice.TakeAsNew,
        "add-to-existing" => DuplicateChoice.AddToExisting,
        _ => throw new FormatException($"--duplicates {text}: leave-out, take-as-new or add-to-existing."),
    };

    private static DecimalSign Sign(string text) => text switch
    {
        "point" => DecimalSign.Point,
        "comma" => DecimalSign.Comma,
        _ => throw new FormatException($"--decimals {text}: point or comma."),
    };

    private static string Value(string[] args, ref int i) => i + 1 < args.Length ? args[++i] : throw new FormatException($"{args[i]} needs a value.");
}
