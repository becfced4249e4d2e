namespace Portal.Infrastructure.Printing;

/// <summary>Who papers are from, as it stands on the first page and at the foot of the last.</summary>
/// <param name="Address">below the name</param>
/// <param name="Contacts">phone, mail, site</param>
/// <param name="Requisites">bank and register</param>
public sealed record Letterhead(string Name, string? TaxNumber, string? Address, string? Contacts, string? Requisites, byte[]? Logo)
{
    /// <summary>Begins the first page: the picture at the left, who it is from at the right.</summary>
    internal void Begin(Paper paper, PaperWords words)
    {
        var from = paper.Y;
        var high = Logo is { } logo ? paper.Picture(logo, 150, 54) : 0;
        paper.Beside(
            (0.4, PaperAlign.Left, []),
            (0.6, PaperAlign.Right, [(Name, PaperStyle.Heading), (Address, PaperStyle.Small), (Contacts, PaperStyle.Small), (TaxNumber is { } tax ? words("offer.paper.tax-number", tax) : null, PaperStyle.Small)]));
        paper.Space(Math.Max(0, from + high - paper.Y) + 10);
        paper.Rule();
        paper.Space(12);
    }

    /// <summary>Ends the last page.</summary>
    internal void End(Paper paper)
    {
        if (Requisites is null) return;
        paper.Space(14);
        paper.Need(40);
        paper.Rule();
        paper.Space(6);
        paper.Text(Requisites, PaperStyle.Small);
    }
}
