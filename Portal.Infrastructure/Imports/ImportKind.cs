using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Imports;

/// <summary>A column a kind of import understands. <paramref name="Synonyms"/> are headings people use for it, in any language, in lower case.</summary>
/// <param name="Code">Stable name; its text is the key <c>import.column.&lt;kind&gt;.&lt;code&gt;</c>.</param>
/// <param name="Required">Without it the file cannot be checked.</param>
/// <param name="Synonyms">Headings, lower case, words parted by one space.</param>
public sealed record ImportColumn(string Code, bool Required, params string[] Synonyms)
{
    /// <summary>The column of times whose day stands in this one, in files that keep the two apart; null for all others.</summary>
    public string? DayOf { get; init; }
}

/// <summary>
/// Something that can be taken in from a file: trips, tracks, clients, products, prices. Supplies its columns, its check
/// and its apply; reading, mapping, preview, keys, chunks, progress and the report are the line's.
/// </summary>
public interface IImportKind
{
    /// <summary>Name on the command line and in texts, such as <c>trips</c>.</summary>
    string Code { get; }

    /// <summary>The permission needed to import it.</summary>
    string Permission { get; }

    /// <summary>What it reads, in the order a person maps it.</summary>
    IReadOnlyList<ImportColumn> Columns { get; }

    /// <summary>
    /// True when what is written has a primary key equal to the document (a position: vehicle and time).
    /// Then no key is kept beside it, and the writing itself must pass over what is there.
    /// </summary>
    bool HasOwnKey => false;

    /// <summary>Whether rows may name things that are to be created beside them, such as vehicles.</summary>
    bool CreatesMissing => true;

    /// <summary>Whether rows are of a country: their phones and numbers are read by its rules.</summary>
    bool HasCountry => false;

    /// <summary>SQL condition over <c>imports.staged_row s</c> and <c>imports.import_run r</c>: this row was taken in before.</summary>
    string IsKnown => "exists (select from imports.taken t where t.source = r.source and t.document = s.document and t.ordinal = s.ordinal)";

    /// <summary>Under which name the keys of a source's rows are kept: its own, unless files of several sources may hold the same thing.</summary>
    string KeysOf(string source) => source;

    /// <summary>Prepares a pass over the rows of one run: loads what its checks compare with.</summary>
    Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct);
}

/// <summary>One pass over the rows of a run: either checking them one by one, or applying them chunk by chunk.</summary>
public interface IImportPass
{
    /// <summary>Looks up what rows name, before they are checked or taken in.</summary>
    Task KnowAsync(IReadOnlyList<ImportRow> rows, NpgsqlConnection connection, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Names the row's document and says what is wrong (<see cref="ImportRow.Refuse"/>) or odd (<see cref="ImportRow.Note"/>). Writes nothing.</summary>
    void Check(ImportRow row);

    /// <summary>Looks at all rows that passed the check, once they are read: refuses whole documents, keeps what they are like.</summary>
    /// <param name="progress">to be told now and then how much is done, 0…1; answers whether somebody wants the check to stop</param>
    /// <returns>false when it was stopped</returns>
    Task<bool> CompareAsync(NpgsqlConnection connection, ImportReading reading, Func<double, Task<bool>> progress, CancellationToken ct) => Task.FromResult(true);

    /// <summary>
    /// Writes rows that passed the check, whole documents in document order, inside the open transaction of
    /// <paramref name="db"/>, which audits under the importer. May add notes to rows, and refuse those that can no longer be taken in.
    /// </summary>
    /// <returns>How many rows were new.</returns>
    Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct);
}
