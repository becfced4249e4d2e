using Portal.Domain.Clients;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Printing;

/// <summary>A document of business as it is printed, in the words of its language: between whom, what of, for how much and who signs. Texts that are null are left out.</summary>
/// <param name="Name">what it is, its number and day</param>
public sealed record PrintedForm(string Name)
{
    /// <summary>What it is about, below its name.</summary>
    public string? Subject { get; init; }
    /// <summary>At the left below the name: for whom and where to.</summary>
    public IReadOnlyList<string?> Parties { get; init; } = [];
    /// <summary>At the right below the name: until when, by whom, how much there is to carry.</summary>
    public IReadOnlyList<string?> Terms { get; init; } = [];
    /// <summary>What is said before the table.</summary>
    public string? Text { get; init; }
    public IReadOnlyList<PaperColumn> Columns { get; init; } = [];
    /// <summary>A text for each column.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; init; } = [];
    /// <summary>Below the table; the last one is what matters.</summary>
    public IReadOnlyList<(string Label, string Value)> Sums { get; init; } = [];
    /// <summary>What is said after the sums.</summary>
    public IReadOnlyList<string?> Remarks { get; init; } = [];
    /// <summary>Who signs, beside one another.</summary>
    public IReadOnlyList<string> Signers { get; init; } = [];

    /// <summary>Writes the file.</summary>
    public byte[] Write(Letterhead from, PaperTongue tongue)
    {
        var paper = new Paper(Name, from.Name);
        from.Begin(paper, tongue.Words);
        paper.Text(Name, PaperStyle.Title);
        paper.Text(Subject, PaperStyle.Heading);
        paper.Space(6);
        paper.Beside((0.58, PaperAlign.Left, Styled(Parties)), (0.42, PaperAlign.Right, Styled(Terms)));
        paper.Space(12);
        if (Text is not null)
        {
            paper.Text(Text, PaperStyle.Text);
            paper.Space(8);
        }
        if (Columns.Count > 0)
        {
            var table = new PaperTable(paper, Columns);
            foreach (var row in Rows) table.Row([.. row.Select(cell => (cell, (string?)null))]);
        }
        End(paper, from, tongue.Words);
        return paper.Finish((page, pages) => $"{Name} · {tongue.Words("offer.paper.page", page, pages)}");
    }

    private void End(Paper paper, Letterhead from, PaperWords words)
    {
        paper.Space(8);
        paper.Need(Sums.Count * 16);
        foreach (var (i, (label, value)) in Sums.Index())
        {
            var style = i == Sums.Count - 1 ? PaperStyle.Heading : PaperStyle.Text;
            paper.Beside((0.7, PaperAlign.Right, [(label, style)]), (0.3, PaperAlign.Right, [(value, style)]));
        }
        foreach (var remark in Remarks.Where(r => !string.IsNullOrEmpty(r)))
        {
            paper.Space(10);
            paper.Text(remark, PaperStyle.Text);
        }
        if (Signers.Count > 0)
        {
            paper.Space(22);
            paper.Need(60);
            paper.Beside([.. Signers.Select(signer => (1d / Signers.Count, PaperAlign.Left, (IReadOnlyList<(string?, PaperStyle)>)[(signer, PaperStyle.Strong), (" ", PaperStyle.Text), (new string('_', 24), PaperStyle.Text), (words("paper.sign-line"), PaperStyle.Small)]))]);
        }
        from.End(paper);
    }

    private static IReadOnlyList<(string?, PaperStyle)> Styled(IReadOnlyList<string?> texts) => [.. texts.Select((text, i) => (text, i == 0 ? PaperStyle.Strong : PaperStyle.Text))];
}

/// <summary>A document that can be printed.</summary>
/// <param name="About">the document</param>
/// <param name="Client">whom it is for; null for nobody outside</param>
/// <param name="Contact">whom of the client it is addressed to</param>
/// <param name="IsOut">true where it may go to the client: it is neither a draft nor cancelled</param>
/// <param name="Language">code of its client's language</param>
/// <param name="File">name of the file</param>
/// <param name="Form">the document in the words of a language</param>
public sealed record Printable(string Language, string File, Letterhead From, Func<PaperTongue, PrintedForm> Form, ObjectRef About, PartnerId? Client, PersonId? Contact, bool IsOut);
