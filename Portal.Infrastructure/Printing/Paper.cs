using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Writer;

namespace Portal.Infrastructure.Printing;

/// <summary>How a text is set. Sizes are points.</summary>
public sealed record PaperStyle(double Size = 9, bool Bold = false, bool Faint = false)
{
    /// <summary>Running text.</summary>
    public static readonly PaperStyle Text = new();
    /// <summary>What matters in running text.</summary>
    public static readonly PaperStyle Strong = new(Bold: true);
    /// <summary>Remarks.</summary>
    public static readonly PaperStyle Small = new(7.5, Faint: true);
    /// <summary>A heading.</summary>
    public static readonly PaperStyle Heading = new(11, Bold: true);
    /// <summary>The name of the document.</summary>
    public static readonly PaperStyle Title = new(16, Bold: true);
}

/// <summary>
/// A document on A4, written from top to bottom; pages follow one another as they fill. Every printed document of the product is laid out of its parts: texts, tables, a picture, the line at the foot.
/// Lengths are points.
/// </summary>
public sealed class Paper
{
    private const double Side = 45, Top = 42, Foot = 48, PageWidth = 595, PageHeight = 842;

    private readonly PdfDocumentBuilder document = new();
    private readonly List<PdfPageBuilder> pages = [];
    private readonly EmbeddedFace regular, bold;

    /// <summary>Begins the first page.</summary>
    /// <param name="title">shown by readers of the file</param>
    public Paper(string title, string author)
    {
        (document.DocumentInformation.Title, document.DocumentInformation.Author) = (title, author);
        (regular, bold) = (new(PaperFace.Regular, document), new(PaperFace.Bold, document));
        Turn();
    }

    /// <summary>Width between the margins.</summary>
    public double Width => PageWidth - 2 * Side;

    /// <summary>Where the next part begins, from the top of the page.</summary>
    public double Y { get; private set; }

    /// <summary>Height that is left on the page.</summary>
    public double Left => PageHeight - Foot - Y;

    /// <summary>True for a picture that can be printed: PNG or JPEG, of up to four million pixels.</summary>
    public static bool CanDraw(byte[] picture)
    {
        if (PaperPicture.Read(picture) is null) return false;
        try
        {
            new Paper("", "").Picture(picture, 10, 10);
            return true;
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or FormatException or IOException or NotSupportedException or IndexOutOfRangeException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>Begins a new page.</summary>
    public void Turn()
    {
        pages.Add(document.AddPage(PageSize.A4));
        Y = Top;
    }

    /// <summary>Turns the page where less than so much is left.</summary>
    public void Need(double height)
    {
        if (Left < height) Turn();
    }

    /// <summary>Leaves room.</summary>
    public void Space(double height) => Y += height;

    /// <summary>Writes a text over the width, wrapped, over as many pages as it takes.</summary>
    public void Text(string? text, PaperStyle style)
    {
        if (string.IsNullOrEmpty(text)) return;
        foreach (var line in Wrap(text, style, Width))
        {
            Need(LineHeight(style));
            Draw(line, style, 0, Y, Width, PaperAlign.Left);
            Y += LineHeight(style);
        }
    }

    /// <summary>Writes texts beside one another, each wrapped in its share of the width; the longest says how high they are.</summary>
    public void Beside(params IReadOnlyList<(double Share, PaperAlign Align, IReadOnlyList<(string? Text, PaperStyle Style)> Lines)> columns)
    {
        var (from, deepest, x) = (Y, Y, 0d);
        foreach (var (share, align, lines) in columns)
        {
            var (y, width) = (from, Width * share);
            foreach (var (text, style) in lines)
                foreach (var line in string.IsNullOrEmpty(text) ? [] : Wrap(text, style, width - 6))
                {
                    Draw(line, style, x, y, width, align);
                    y += LineHeight(style);
                }
            (deepest, x) = (Math.Max(deepest, y), x + width);
        }
        Y = deepest;
    }

    /// <summary>Draws a picture at the left, no larger than so much; the texts that follow may stand beside it. Answers its height.</summary>
    public double Picture(byte[] file, double mostWidth, double mostHeight)
    {
        var picture = PaperPicture.Read(file) ?? throw new ArgumentException("This is no picture.", nameof(file));
        var scale = Math.Min(mostWidth / picture.Width, mostHeight / picture.Height);
        var (width, height) = (picture.Width * scale, picture.Height * scale);
        var place = new PdfRectangle(Side, PageHeight - Y - height, Side + width, PageHeight - Y);
        if (picture.IsPng) pages[^1].AddPng(file, place);
        else pages[^1].AddJpeg(file, place);
        return height;
    }

    /// <summary>Draws a line over the width.</summary>
    public void Rule(double thickness = 0.6)
    {
        pages[^1].SetStrokeColor(170, 176, 184);
        pages[^1].DrawLine(new(Side, PageHeight - Y), new(Side + Width, PageHeight - Y), thickness);
        pages[^1].ResetColor();
    }

    /// <summary>Ends the document: the foot is written on every page, and the file is answered.</summary>
    /// <param name="foot">of page and pages</param>
    public byte[] Finish(Func<int, int, string> foot)
    {
        for (var i = 0; i < pages.Count; i++) Draw(pages[i], foot(i + 1, pages.Count), PaperStyle.Small, 0, PageHeight - Foot + 16, Width, PaperAlign.Right);
        return document.Build();
    }

    /// <summary>Height of a line.</summary>
    internal static double LineHeight(PaperStyle style) => style.Size * 1.32;

    /// <summary>Fills a rectangle over the width, behind what is written next.</summary>
    internal void Shade(double y, double height)
    {
        pages[^1].SetStrokeColor(238, 241, 244);
        pages[^1].SetTextAndFillColor(238, 241, 244);
        pages[^1].DrawRectangle(new(Side, PageHeight - y - height), Width, height, 0.1, fill: true);
        pages[^1].ResetColor();
    }

    /// <summary>Draws one line of text.</summary>
    /// <param name="x">from the left margin</param>
    internal void Draw(string line, PaperStyle style, double x, double y, double width, PaperAlign align) => Draw(pages[^1], line, style, x, y, width, align);

    /// <summary>Moves on after something that was drawn.</summary>
    internal void MoveTo(double y) => Y = y;

    /// <summary>The lines of a text in a width: broken at spaces, and within a word only where it alone is wider.</summary>
    internal static List<string> Wrap(string text, PaperStyle style, double width)
    {
        List<string> lines = [];
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Replace('\t', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var longer = line.Length == 0 ? word : $"{line} {word}";
                if (Measure(longer, style) <= width)
                {
                    line = longer;
                    continue;
                }
                if (line.Length > 0) lines.Add(line);
                line = word;
                while (Measure(line, style) > width && line.Length > 1)
                {
                    var fits = Fitting(line, style, width);
                    lines.Add(line[..fits]);
                    line = line[fits..];
                }
            }
            lines.Add(line);
        }
        return lines;
    }

    // a letter and the half of it that follows in UTF-16 stay together
    private static int Fitting(string word, PaperStyle style, double width)
    {
        var fits = 1;
        while (fits < word.Length && Measure(word[..(fits + 1)], style) <= width) fits++;
        return char.IsHighSurrogate(word[fits - 1]) && fits < word.Length ? fits + 1 : fits;
    }

    private static double Measure(string text, PaperStyle style) => (style.Bold ? PaperFace.Bold : PaperFace.Regular).Measure(text, style.Size);

    private void Draw(PdfPageBuilder page, string line, PaperStyle style, double x, double y, double width, PaperAlign align)
    {
        if (line.Length == 0) return;
        var at = Side + x + (align == PaperAlign.Right ? width - Measure(line, style) : 0);
        if (style.Faint) page.SetTextAndFillColor(96, 102, 112);
        foreach (var (font, run) in (style.Bold ? bold : regular).Runs(line))
        {
            // the base line lies below the top of the line by the height of its capitals and what stands above them
            page.AddText(run, style.Size, new(at, PageHeight - y - style.Size), font);
            at += Measure(run, style);
        }
        if (style.Faint) page.ResetColor();
    }
}

/// <summary>At which side of its column a text stands.</summary>
public enum PaperAlign { Left, Right }
