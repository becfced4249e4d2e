using PdfSharp.Fonts;

namespace Portal.Infrastructure.Printing;

/// <summary>The letters of all papers: DejaVu Sans, which holds Cyrillic and the Romanian letters with a comma below. Embedded by the build from the npm package.</summary>
internal sealed class PaperFonts : IFontResolver
{
    /// <summary>The one family there is.</summary>
    public const string Family = "DejaVu Sans";

    private const string Regular = "DejaVuSans.ttf", Bold = "DejaVuSans-Bold.ttf";

    private static readonly Lock Registering = new();

    /// <summary>Tells the library where its letters are; once for the process.</summary>
    public static void Register()
    {
        lock (Registering)
            GlobalFontSettings.FontResolver ??= new PaperFonts();
    }

    /// <inheritdoc/>
    public FontResolverInfo? ResolveTypeface(string familyName, bool isBold, bool isItalic) => new(isBold ? Bold : Regular);

    /// <inheritdoc/>
    public byte[] GetFont(string faceName)
    {
        using var resource = typeof(PaperFonts).Assembly.GetManifestResourceStream(faceName) ?? throw new InvalidOperationException($"The font {faceName} was not embedded by the build.");
        using var font = new MemoryStream();
        resource.CopyTo(font);
        return font.ToArray();
    }
}
