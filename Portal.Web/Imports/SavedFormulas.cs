using System.Globalization;
using System.IO.Compression;
using System.Xml;

namespace Portal.Web.Imports;

/// <summary>What a formula came to when its workbook was saved: a number, a text, or nothing where it came to an error.</summary>
internal readonly record struct SavedValue(double? Number, string? Text);

/// <summary>
/// The values of formulas as the program that saved the workbook has reckoned them (ECMA-376, 18.3.1.96). They are not reckoned anew: a formula may name another file, or a function that only that program has.
/// </summary>
internal static class SavedFormulas
{
    /// <summary>The formulas of the first sheet, by row and column from 0; those saved without a value are missing.</summary>
    public static IReadOnlyDictionary<(int Row, int Column), SavedValue> Of(Stream workbook)
    {
        workbook.Position = 0;
        using var archive = new ZipArchive(workbook, ZipArchiveMode.Read, leaveOpen: true);
        var saved = new Dictionary<(int, int), SavedValue>();
        if (FirstSheet(archive) is not { } sheet) return saved;
        using var content = sheet.Open();
        using var xml = XmlReader.Create(content);
        var (row, column) = (-1, -1);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.LocalName == "row") (row, column) = (int.TryParse(xml.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number - 1 : row + 1, -1);
            if (xml.LocalName != "c") continue;
            column = xml.GetAttribute("r") is { } named ? ColumnOf(named) : column + 1;
            if (Value(xml) is { } value) saved[(row, column)] = value;
        }
        return saved;
    }

    // null for a cell without a formula, or without a value of it
    private static SavedValue? Value(XmlReader xml)
    {
        if (xml.IsEmptyElement) return null;
        var (kind, isFormula, text) = (xml.GetAttribute("t"), false, (string?)null);
        using var cell = xml.ReadSubtree();
        cell.Read();
        while (!cell.EOF)
            if (cell is { NodeType: XmlNodeType.Element, LocalName: "v" }) text = cell.ReadElementContentAsString();
            else
            {
                isFormula |= cell is { NodeType: XmlNodeType.Element, LocalName: "f" };
                cell.Read();
            }
        if (!isFormula || text is null) return null;
        return kind switch
        {
            "str" => new(null, text),
            "b" => new(null, text == "1" ? "TRUE" : "FALSE"),
            "e" => new(null, null),
            null or "n" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? new(number, null) : null,
            _ => null,
        };
    }

    private static ZipArchiveEntry? FirstSheet(ZipArchive archive)
    {
        if (Attribute(archive, "xl/workbook.xml", "sheet", _ => true, "id") is not { } id) return null;
        return Attribute(archive, "xl/_rels/workbook.xml.rels", "Relationship", xml => xml.GetAttribute("Id") == id, "Target") is { } target ? archive.GetEntry(target.StartsWith('/') ? target[1..] : $"xl/{target}") : null;
    }

    private static string? Attribute(ZipArchive archive, string part, string element, Func<XmlReader, bool> isMeant, string name)
    {
        if (archive.GetEntry(part) is not { } entry) return null;
        using var content = entry.Open();
        using var xml = XmlReader.Create(content);
        while (xml.Read())
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == element && isMeant(xml))
            {
                for (var more = xml.MoveToFirstAttribute(); more; more = xml.MoveToNextAttribute())
                    if (xml.LocalName == name) return xml.Value;
            }
        return null;
    }

    private static int ColumnOf(string cell) => cell.TakeWhile(char.IsAsciiLetter).Aggregate(0, (column, letter) => column * 26 + (char.ToUpperInvariant(letter) - 'A' + 1)) - 1;
}
