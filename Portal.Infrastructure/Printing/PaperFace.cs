using UglyToad.PdfPig.Fonts.TrueType;
using UglyToad.PdfPig.Fonts.TrueType.Parser;
using UglyToad.PdfPig.Writer;

namespace Portal.Infrastructure.Printing;

/// <summary>
/// The letters of all papers: DejaVu Sans, which holds Cyrillic and the Romanian letters with a comma below. Embedded by the build from the npm package, parsed once.
/// </summary>
internal sealed class PaperFace
{
    public static readonly PaperFace Regular = new("DejaVuSans.ttf"), Bold = new("DejaVuSans-Bold.ttf");

    private readonly TrueTypeFont font;
    private readonly int missing;

    private PaperFace(string name)
    {
        using var resource = typeof(PaperFace).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The font {name} was not embedded by the build.");
        using var file = new MemoryStream();
        resource.CopyTo(file);
        Content = file.ToArray();
        font = TrueTypeFontParser.Parse(new TrueTypeDataBytes(Content));
        font.TableRegister.CMapTable!.TryGetGlyphIndex('?', out missing);
    }

    /// <summary>The font file.</summary>
    public byte[] Content { get; }

    /// <summary>What is drawn for a letter: itself, or a question mark where the font has none.</summary>
    public char Shown(char letter) => font.TableRegister.CMapTable!.TryGetGlyphIndex(letter, out var glyph) && glyph > 0 ? letter : '?';

    /// <summary>Width of a text in a size of points.</summary>
    public double Measure(string text, double size)
    {
        double units = 0;
        foreach (var letter in text)
            units += font.TableRegister.HorizontalMetricsTable.GetAdvanceWidth(font.TableRegister.CMapTable!.TryGetGlyphIndex(letter, out var glyph) && glyph > 0 ? glyph : missing);
        return units / font.GetUnitsPerEm() * size;
    }
}

/// <summary>A face in one document. The file's simple fonts hold 255 letters each, so a document of more letters embeds the face again for the further ones.</summary>
internal sealed class EmbeddedFace(PaperFace face, PdfDocumentBuilder document)
{
    private const int MostLetters = 250;

    private readonly List<PdfDocumentBuilder.AddedFont> banks = [];
    private readonly Dictionary<char, int> bankOf = [];

    /// <summary>A text in runs that one embedded font draws each.</summary>
    public IEnumerable<(PdfDocumentBuilder.AddedFont Font, string Run)> Runs(string text)
    {
        var from = 0;
        var shown = string.Concat(text.Select(face.Shown));
        for (var i = 1; i <= shown.Length; i++)
        {
            if (i < shown.Length && Bank(shown[i]) == Bank(shown[from])) continue;
            yield return (banks[Bank(shown[from])], shown[from..i]);
            from = i;
        }
    }

    private int Bank(char letter)
    {
        if (bankOf.TryGetValue(letter, out var known)) return known;
        var bank = bankOf.Count / MostLetters;
        if (bank == banks.Count) banks.Add(document.AddTrueTypeFont(face.Content));
        return bankOf[letter] = bank;
    }
}
