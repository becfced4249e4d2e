using System.Globalization;
using System.Text.RegularExpressions;
using Portal.Domain.Clients.Matching;
using Portal.Infrastructure.Imports;

namespace Portal.Tests.Clients.Matching;

/// <summary>
/// A file of the form of the Febrl generator: people in columns named by its header, and in <c>rec_id</c> (<c>rec-7-org</c>, <c>rec-7-dup-0</c>) who is truly
/// the same.
/// </summary>
public sealed partial class FebrlFile
{
    private const string Identity = "rec_id";
    private const string BirthDate = "date_of_birth";
    private static readonly string[] Compared =
        ["given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state", BirthDate, "soc_sec_id", "phone_number"];

    private readonly List<PartyDetails> people = [];
    private readonly List<string> entities = [];

    private FebrlFile(IReadOnlyList<string> unknownColumns, IReadOnlyList<string> absentColumns)
    {
        UnknownColumns = unknownColumns;
        AbsentColumns = absentColumns;
    }

    /// <summary>The people in the order of the file.</summary>
    public IReadOnlyList<PartyDetails> People => people;

    /// <summary>Who each of them truly is.</summary>
    public IReadOnlyList<string> Entities => entities;

    /// <summary>Columns of the file that nothing is made of.</summary>
    public IReadOnlyList<string> UnknownColumns { get; }

    /// <summary>Columns that were to be left out and are not there.</summary>
    public IReadOnlyList<string> AbsentColumns { get; }

    /// <summary>Birth dates that no calendar has; they count as missing.</summary>
    public int ImpossibleDates { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="ignored">Columns to leave out.</param>
    /// <exception cref="InvalidDataException">The file lacks <c>rec_id</c>, or one is not of the generator's form.</exception>
    public static async Task<FebrlFile> ReadAsync(string path, IReadOnlyCollection<string>? ignored = null, CancellationToken ct = default)
    {
        var table = await new CsvFormat().OpenAsync(new SourceFile(path, Path.GetFileName(path), long.MaxValue), ct);
        var columns = table.Header.Select((name, at) => (Name: name.Trim().ToLowerInvariant(), At: at)).ToDictionary(column => column.Name, column => column.At);
        if (!columns.Remove(Identity, out var identity)) throw new InvalidDataException($"{path} has no column {Identity}");
        var absent = (ignored ?? []).Where(name => !columns.Remove(name.ToLowerInvariant())).ToList();

        var file = new FebrlFile([.. columns.Keys.Except(Compared)], absent);
        await foreach (var row in table.Rows.WithCancellation(ct))
        {
            if (RecordPattern().Match(row.Fields[identity].Trim()) is not { Success: true } record) throw new InvalidDataException($"{path}:{row.Line}: {row.Fields[identity]} is no {Identity}");
            file.entities.Add(record.Groups[1].Value);
            file.people.Add(file.Person(name => columns.TryGetValue(name, out var at) && at < row.Fields.Length ? row.Fields[at].Trim() : ""));
        }
        return file;
    }

    private PartyDetails Person(Func<string, string> field) => new()
    {
        Name = $"{field("given_name")} {field("surname")}".Trim(),
        BirthDate = Date(field(BirthDate)),
        TaxNumbers = field("soc_sec_id") is { Length: > 0 } number ? [TaxNumber.Of(number, "AU")] : [],
        Phones = field("phone_number") is { Length: > 0 } phone ? [PhoneNumber.Of(phone, "AU")] : [],
        Addresses =
        [
            new()
            {
                Country = "AU", Region = field("state"), City = field("suburb"), Postcode = field("postcode"),
                Street = field("address_1"), House = field("street_number"), Premise = field("address_2"),
            },
        ],
    };

    private DateOnly? Date(string text)
    {
        if (text.Length == 0) return null;
        if (DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        ImpossibleDates++;
        return null;
    }

    [GeneratedRegex(@"^rec-(\d+)-(?:org|dup-\d+)$")]
    private static partial Regex RecordPattern();
}
