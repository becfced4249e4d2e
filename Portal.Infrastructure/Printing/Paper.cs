using PdfSharp.Drawing;
using PdfSharp.Pdf;

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
public sealed class Paper : IDisposable
{
    private const double Side = 45, Top = 42, Foot = 48;

    private readonly PdfDocument document = new();
    private readonly List<(PdfPage Page, XGraphics Canvas)> pages = [];
    private readonly Dictionary<PaperStyle, XFont> fonts = [];

    static Paper() => PaperFonts.Register();

    /// <summary>Begins the first page.</summary>
    /// <param name="title">shown by readers of the file</param>
    /// <param name="language">code of the language, for programs that read it aloud</param>
    public Paper(string title, string author, string language)
    {
        document.Info.Title = title;
        document.Info.Author = author;
        document.Language = language;
        document.ViewerPreferences.DisplayDocTitle = true;
        Turn();
    }

    /// <summary>Width between the margins.</summary>
    public double Width { get; private set; }

    /// <summary>Where the next part begins, from the top of the page.</summary>
    public double Y { get; private set; }

    /// <summary>Height that is left on the page.</summary>
    public double Left => pages[^1].Page.Height.Point - Foot - Y;

    /// <summary>True for a picture that can be printed: PNG or JPEG.</summary>
    public static bool CanDraw(byte[] picture)
    {
        try
        {
            using var image = XImage.FromStream(new MemoryStream(picture));
            return image is { PixelWidth: > 0, PixelHeight: > 0 };
        }
        catch (Exception unreadable) when (unreadable is InvalidOperationException or NotSupportedException or ArgumentException or FormatException or IOException or OverflowException or IndexOutOfRangeException or NotImplementedException)
        {
            return false;
        }
    }

    /// <summary>Begins a new page.</summary>
    public void Turn()
    {
        var page = document.AddPage();
        page.Size = PdfSharp.PageSize.A4;
        pages.Add((page, XGraphics.FromPdfPage(page)));
        (Width, Y) = (page.Width.Point - 2 * Side, Top);
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

    /// <summary>Draws a picture at the left, no larger than so much; the texts that follow may stand beside it.</summary>
    public double Picture(byte[] picture, double mostWidth, double mostHeight)
    {
        using var image = XImage.FromStream(new MemoryStream(picture));
        var scale = Math.Min(1, Math.Min(mostWidth / image.PointWidth, mostHeight / image.PointHeight));
        pages[^1].Canvas.DrawImage(image, Side, Y, image.PointWidth * scale, image.PointHeight * scale);
        return image.PointHeight * scale;
    }

    /// <summary>Draws a line over the width.</summary>
    public void Rule(double thickness = 0.6)
    {
        pages[^1].Canvas.DrawLine(new XPen(XColor.FromArgb(170, 176, 184), thickness), Side, Y, Side + Width, Y);
    }

    /// <summary>Ends the document: the foot is written on every page, and the file is answered.</summary>
    /// <param name="foot">of page and pages</param>
    public byte[] Finish(Func<int, int, string> foot)
    {
        for (var i = 0; i < pages.Count; i++)
        {
            var (page, canvas) = pages[i];
            var y = page.Height.Point - Foot + 16;
            canvas.DrawString(foot(i + 1, pages.Count), Font(PaperStyle.Small), Brush(PaperStyle.Small), new XRect(Side, y, Width, 12), XStringFormats.TopRight);
        }
        using var file = new MemoryStream();
        foreach (var (_, canvas) in pages) canvas.Dispose();
        document.Save(file, closeStream: false);
        return file.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => document.Dispose();

    /// <summary>Height of a line.</summary>
    internal double LineHeight(PaperStyle style) => style.Size * 1.32;

    /// <summary>Fills a rectangle over the width, behind what is written next.</summary>
    internal void Shade(double y, double height) => pages[^1].Canvas.DrawRectangle(new XSolidBrush(XColor.FromArgb(238, 241, 244)), Side, y, Width, height);

    /// <summary>Draws one line of text.</summary>
    /// <param name="x">from the left margin</param>
    internal void Draw(string line, PaperStyle style, double x, double y, double width, PaperAlign align) =>
        pages[^1].Canvas.DrawString(line, Font(style), Brush(style), new XRect(Side + x, y, width, LineHeight(style)), align == PaperAlign.Right ? XStringFormats.TopRight : XStringFormats.TopLeft);

    /// <summary>Moves on after something that was drawn.</summary>
    internal void MoveTo(double y) => Y = y;

    /// <summary>The lines of a text in a width: broken at spaces, and within a word only where it alone is wider.</summary>
    internal List<string> Wrap(string text, PaperStyle style, double width)
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
    private int Fitting(string word, PaperStyle style, double width)
    {
        var fits = 1;
        while (fits < word.Length && Measure(word[..(fits + 1)], style) <= width) fits++;
        return char.IsHighSurrogate(word[fits - 1]) && fits < word.Length ? fits + 1 : fits;
    }

    private double Measure(string text, PaperStyle style) => pages[^1].Canvas.MeasureString(text, Font(style)).Width;

    private XFont Font(PaperStyle style)
    {
        if (!fonts.TryGetValue(style, out var font)) fonts[style] = font = new XFont(PaperFonts.Family, style.Size, style.Bold ? XFontStyleEx.Bold : XFontStyleEx.Regular);
        return font;
    }

    private static XBrush Brush(PaperStyle style) => style.Faint ? XBrushes.DimGray : XBrushes.Black;
}

/// <summary>At which side of its column a text stands.</summary>
public enum PaperAlign { Left, Right }
