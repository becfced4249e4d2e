namespace Portal.Infrastructure.Printing;

/// <summary>A column of a printed table.</summary>
/// <param name="Share">of the width; all shares are 1 together</param>
public sealed record PaperColumn(string Title, double Share, PaperAlign Align = PaperAlign.Left);

/// <summary>A table over as many pages as it takes, its head repeated on each. Rows are not torn.</summary>
public sealed class PaperTable
{
    private const double Padding = 3;

    private readonly Paper paper;
    private readonly IReadOnlyList<PaperColumn> columns;

    /// <summary>Begins a table with its head.</summary>
    public PaperTable(Paper paper, IReadOnlyList<PaperColumn> columns)
    {
        (this.paper, this.columns) = (paper, columns);
        // a head alone at the foot of a page says nothing
        paper.Need(HeadHeight() + 3 * Paper.LineHeight(PaperStyle.Text));
        Head();
    }

    /// <summary>Writes a row, a text for each column; a text may have more lines of smaller letters below it.</summary>
    public void Row(params IReadOnlyList<(string Text, string? Below)> cells)
    {
        var lines = cells.Select((cell, i) => (
            Text: Paper.Wrap(cell.Text, PaperStyle.Text, Width(i) - 2 * Padding),
            Below: string.IsNullOrEmpty(cell.Below) ? [] : Paper.Wrap(cell.Below, PaperStyle.Small, Width(i) - 2 * Padding))).ToList();
        var height = lines.Max(l => l.Text.Count * Paper.LineHeight(PaperStyle.Text) + l.Below.Count * Paper.LineHeight(PaperStyle.Small)) + 2 * Padding;
        Fit(height);
        var x = 0d;
        for (var i = 0; i < columns.Count; i++)
        {
            var y = paper.Y + Padding;
            foreach (var (line, style) in lines[i].Text.Select(l => (l, PaperStyle.Text)).Concat(lines[i].Below.Select(l => (l, PaperStyle.Small))))
            {
                paper.Draw(line, style, x + Padding, y, Width(i) - 2 * Padding, columns[i].Align);
                y += Paper.LineHeight(style);
            }
            x += Width(i);
        }
        paper.MoveTo(paper.Y + height);
        paper.Rule(0.3);
    }

    /// <summary>Writes a heading between rows; it stays with the row that follows.</summary>
    public void Section(string title)
    {
        var lines = Paper.Wrap(title, PaperStyle.Strong, paper.Width - 2 * Padding);
        var height = lines.Count * Paper.LineHeight(PaperStyle.Strong) + 2 * Padding;
        Fit(height + 3 * Paper.LineHeight(PaperStyle.Text));
        var y = paper.Y + Padding;
        foreach (var line in lines)
        {
            paper.Draw(line, PaperStyle.Strong, Padding, y, paper.Width - 2 * Padding, PaperAlign.Left);
            y += Paper.LineHeight(PaperStyle.Strong);
        }
        paper.MoveTo(paper.Y + height);
        paper.Rule(0.3);
    }

    private void Fit(double height)
    {
        if (paper.Left >= height) return;
        paper.Turn();
        Head();
    }

    private void Head()
    {
        var height = HeadHeight();
        paper.Shade(paper.Y, height);
        var x = 0d;
        for (var i = 0; i < columns.Count; i++)
        {
            var y = paper.Y + Padding;
            foreach (var line in Paper.Wrap(columns[i].Title, PaperStyle.Small, Width(i) - 2 * Padding))
            {
                paper.Draw(line, PaperStyle.Small, x + Padding, y, Width(i) - 2 * Padding, columns[i].Align);
                y += Paper.LineHeight(PaperStyle.Small);
            }
            x += Width(i);
        }
        paper.MoveTo(paper.Y + height);
        paper.Rule();
    }

    private double HeadHeight() =>
        columns.Select((c, i) => Paper.Wrap(c.Title, PaperStyle.Small, Width(i) - 2 * Padding).Count).Max() * Paper.LineHeight(PaperStyle.Small) + 2 * Padding;

    private double Width(int column) => paper.Width * columns[column].Share;
}
