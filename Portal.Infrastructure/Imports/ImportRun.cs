using System.Collections.Frozen;
using System.Globalization;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Imports;

/// <summary>Where an import stands. Checking and Applying are at work, or were cut off and go on when the application starts.</summary>
public enum ImportState { Draft, Checking, Checked, Applying, Completed, Cancelled, Failed }

/// <summary>What is done with what is likely there already: it is refused and stands in the report, taken in beside it, or what it tells is added to it.</summary>
public enum DuplicateChoice { LeaveOut, TakeAsNew, AddToExisting }

/// <summary>What a person decides about a file: whose it is, which column is which, how to read times, what to do about unknown vehicles.</summary>
public sealed record ImportSettings
{
    /// <summary>Name of where such files come from. Together with document and ordinal it says whether a row was taken in before.</summary>
    public required string Source { get; init; }
    /// <summary>Column code → index of the field.</summary>
    public required IReadOnlyDictionary<string, int> Map { get; init; }
    /// <summary>Create what rows name and we do not have (vehicles, drivers), marked by the source; else such rows are refused.</summary>
    public bool CreateMissing { get; init; } = true;
    /// <summary>IANA zone of times written without an offset.</summary>
    public string TimeZone { get; init; } = "UTC";
    /// <summary>True for 31/12, false for 12/31.</summary>
    public bool DayFirst { get; init; } = true;
    /// <summary>What parts the decimals of amounts that alone do not tell: 1,234 is more than a thousand, or little more than one. Nobody has said: the point.</summary>
    public DecimalSign? Decimals { get; init; }
    /// <summary>ISO 3166 code of rows that name no country, or null.</summary>
    public string? Country { get; init; }
}

/// <summary>One import of one file: what was decided, how far it got, and what it counted.</summary>
public sealed class ImportRun
{
    private const int SampleLength = 40;

    private ImportRun() { }

    /// <summary>A file has been stored under <paramref name="storedAs"/> and waits for its columns to be confirmed.</summary>
    public ImportRun(Guid id, string kind, string fileName, string storedAs, long bytes, string[] header, string[] sample, ImportSettings settings, Actor actor, DateTimeOffset now)
    {
        Id = id;
        Kind = kind;
        FileName = fileName;
        StoredAs = storedAs;
        Bytes = bytes;
        Header = header;
        Sample = [.. sample.Select(field => field.Replace('\0', '\uFFFD')).Select(field => field.Length <= SampleLength ? field : field[..SampleLength] + "…")];
        Signature = ColumnMap.Signature(header);
        ByUser = actor.UserId;
        ByName = actor.Name;
        (Scope, Branch) = (actor.Scope, actor.BranchId);
        CreatedAt = now;
        Decide(settings);
    }

    public Guid Id { get; private set; }
    public string Kind { get; private set; } = "";
    public string Source { get; private set; } = "";
    public string FileName { get; private set; } = "";
    /// <summary>Name of the stored file in the imports folder; empty once it was let go of unfinished.</summary>
    public string StoredAs { get; private set; } = "";
    /// <summary>Size of the file as uploaded.</summary>
    public long Bytes { get; private set; }
    public string[] Header { get; private set; } = [];
    /// <summary>Fields of the first row, cut short, so that a column is known by what it holds.</summary>
    public string[] Sample { get; private set; } = [];
    /// <summary>What parts the fields of the file; null where it is no separated text.</summary>
    public string? Separator { get; init; }
    /// <summary>The look of the file, under which the map is remembered.</summary>
    public string Signature { get; private set; } = "";
    public Dictionary<string, int> Map { get; private set; } = [];
    public bool CreateMissing { get; private set; }
    public string TimeZone { get; private set; } = "UTC";
    public bool DayFirst { get; private set; }
    public DecimalSign Decimals { get; private set; }
    public string? Country { get; private set; }
    /// <summary>What is done with likely duplicates for which nothing else was chosen.</summary>
    public DuplicateChoice Duplicates { get; private set; }

    public ImportState State { get; private set; } = ImportState.Draft;
    /// <summary>Rows read from the file so far.</summary>
    public int Rows { get; private set; }
    /// <summary>How far the check is that compares what was read with what is there, percent; null while it reads, and where nothing is compared.</summary>
    public int? Compared { get; private set; }
    /// <summary>Rows that cannot be taken in; the report lists them.</summary>
    public int Refused { get; private set; }
    /// <summary>Rows whose document was already named above in the same file; they are taken in too.</summary>
    public int Repeated { get; private set; }
    /// <summary>Rows that the check found taken in before.</summary>
    public int Known { get; private set; }
    /// <summary>Rows taken in by this run.</summary>
    public int Applied { get; private set; }
    /// <summary>Rows passed over while applying, because they were taken in before.</summary>
    public int Skipped { get; private set; }
    /// <summary>Code of what is odd → rows.</summary>
    public Dictionary<string, int> Notes { get; private set; } = [];
    /// <summary>The line on which the last document taken in begins; a run that goes on starts after it.</summary>
    public int? AppliedLine { get; private set; }
    public bool CancelRequested { get; private set; }
    /// <summary>Code of the rule that stopped it.</summary>
    public string? Failure { get; private set; }
    /// <summary>Values for the places of that rule's text.</summary>
    public string[] FailureArgs { get; private set; } = [];
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>How far the rights of the person who brought the file reached, and his branch.</summary>
    public ActorScope Scope { get; private set; }
    public Guid? Branch { get; private set; }

    /// <summary>The person who brought the file, as far as he reaches; he holds no right here.</summary>
    public Actor Bringer => new() { UserId = ByUser, Name = ByName, Permissions = FrozenSet<string>.Empty, Scope = Scope, BranchId = Branch };

    /// <summary>The product working for the person who started the run; his rights were asked then.</summary>
    public Actor Importer => Actor.System("import") with { UserId = ByUser, Name = ByName };

    /// <summary>True while a worker is at it, or should be.</summary>
    public bool IsWorking => State is ImportState.Checking or ImportState.Applying;

    /// <summary>True once nothing more happens without being asked.</summary>
    public bool IsEnded => State is ImportState.Completed or ImportState.Cancelled or ImportState.Failed;

    /// <summary>Rows taken in before: the check found them, or they were met since; a run that was stopped has not met all of them.</summary>
    public int TakenBefore => Math.Max(Known, Skipped);

    /// <summary>Rows left to take in.</summary>
    public int Remaining => Math.Max(0, Rows - Refused - Applied - TakenBefore);

    /// <summary>True once the file was let go of: what was not taken in by then never is.</summary>
    public bool IsDiscarded => State == ImportState.Cancelled && StoredAs.Length == 0;

    /// <summary>Confirms or changes what was decided; an earlier check is void.</summary>
    public void Decide(ImportSettings settings)
    {
        if (State is not (ImportState.Draft or ImportState.Checked)) throw new RuleBrokenException("import.wrong-state", State);
        var zone = TimeZones.Named(settings.TimeZone, TimeZone);
        foreach (var (column, index) in settings.Map)
            if (index < 0 || index >= Header.Length) throw new RuleBrokenException("import.no-such-column", column);
        Source = Required.Text(settings.Source, "import.source", 80);
        Map = new Dictionary<string, int>(settings.Map);
        CreateMissing = settings.CreateMissing;
        TimeZone = zone;
        DayFirst = settings.DayFirst;
        Decimals = settings.Decimals ?? DecimalSign.Point;
        Country = CountryCode.Read(settings.Country);
        State = ImportState.Draft;
    }

    /// <summary>Its columns in another file, by their headings; those that are not there are left out.</summary>
    public Dictionary<string, int> MapTo(string[] header) =>
        Map.Select(m => (m.Key, At: Array.IndexOf(header, Header[m.Value]))).Where(m => m.At >= 0).ToDictionary(m => m.Key, m => m.At);

    /// <summary>The file is of another kind than was said; its columns are mapped anew.</summary>
    public void TakeAs(string kind, ImportSettings settings)
    {
        Decide(settings);
        Kind = kind;
    }

    /// <summary>The check begins, from the first row.</summary>
    public void BeginCheck(IImportKind kind)
    {
        if (State is not (ImportState.Draft or ImportState.Checking or ImportState.Checked)) throw new RuleBrokenException("import.wrong-state", State);
        RequireFile();
        if (kind.Columns.FirstOrDefault(c => c.Required && !Map.ContainsKey(c.Code)) is { } missing) throw new RuleBrokenException("import.column-not-mapped", $"{kind.Code}.{missing.Code}");
        State = ImportState.Checking;
        CancelRequested = false;
        (Failure, FailureArgs) = (null, []);
        Rows = Refused = Repeated = Known = 0;
        Compared = null;
        Notes = [];
    }

    /// <summary>The check is through.</summary>
    public void EndCheck(int rows, int refused, int repeated, int known, Dictionary<string, int> notes)
    {
        State = ImportState.Checked;
        (Rows, Refused, Repeated, Known, Notes) = (rows, refused, repeated, known, notes);
    }

    /// <summary>Decides what is done with likely duplicates, as long as nothing was taken in.</summary>
    public void Choose(DuplicateChoice duplicates)
    {
        if (State != ImportState.Checked) throw new RuleBrokenException("import.wrong-state", State);
        Duplicates = duplicates;
    }

    /// <summary>Rows are refused that were not, or the other way round: somebody has decided about duplicates.</summary>
    public void CountRefused(int refused) => Refused = State == ImportState.Checked ? refused : throw new RuleBrokenException("import.wrong-state", State);

    /// <summary>Applying begins, or goes on after a cancel, a failure or a cut.</summary>
    public void BeginApply()
    {
        if (State is not (ImportState.Checked or ImportState.Applying or ImportState.Cancelled or ImportState.Failed) || Rows == 0) throw new RuleBrokenException("import.wrong-state", State);
        RequireFile();
        State = ImportState.Applying;
        CancelRequested = false;
        EndedAt = null;
        (Failure, FailureArgs) = (null, []);
    }

    /// <summary>A chunk has been written up to the document that begins on a line.</summary>
    /// <param name="refused">rows that passed the check and could no longer be taken in</param>
    public void Advance(int through, int applied, int skipped, int refused, IEnumerable<string> notes)
    {
        AppliedLine = through;
        Applied += applied;
        Skipped += skipped;
        Refused += refused;
        var counted = new Dictionary<string, int>(Notes);
        foreach (var note in notes) counted[note] = counted.GetValueOrDefault(note) + 1;
        if (counted.Count > 0) Notes = counted;
    }

    /// <summary>Asks the worker to stop after the chunk it is at.</summary>
    public void RequestCancel()
    {
        if (!IsWorking) throw new RuleBrokenException("import.wrong-state", State);
        CancelRequested = true;
    }

    /// <summary>Everything acceptable has been taken in.</summary>
    public void Complete(DateTimeOffset now) => (State, EndedAt) = (ImportState.Completed, now);

    /// <summary>Stopped on request; what was taken in stays, and the run can go on.</summary>
    public void Cancel(DateTimeOffset now)
    {
        (State, EndedAt) = State == ImportState.Checking ? (ImportState.Draft, null) : (ImportState.Cancelled, (DateTimeOffset?)now);
        CancelRequested = false;
    }

    /// <summary>Nobody went on with it for long: the file and the checked rows go, the record stays.</summary>
    public void LetGo(DateTimeOffset now)
    {
        if (IsWorking || State == ImportState.Completed) throw new RuleBrokenException("import.wrong-state", State);
        (State, EndedAt, StoredAs) = (ImportState.Cancelled, EndedAt ?? now, "");
    }

    /// <summary>Stopped by a rule or a fault.</summary>
    public void Fail(RuleBrokenException rule, DateTimeOffset now)
    {
        (State, EndedAt) = State == ImportState.Checking ? (ImportState.Draft, null) : (ImportState.Failed, (DateTimeOffset?)now);
        Failure = rule.Code;
        FailureArgs = [.. rule.Args.Select(arg => Convert.ToString(arg, CultureInfo.InvariantCulture) ?? "")];
    }

    private void RequireFile()
    {
        if (StoredAs.Length == 0) throw new RuleBrokenException("import.file-gone", FileName);
    }
}
