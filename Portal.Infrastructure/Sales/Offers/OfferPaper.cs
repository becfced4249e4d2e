using System.Globalization;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Infrastructure.Printing;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>An offer as a PDF in its client's language.</summary>
public static class OfferPaper
{
    /// <summary>Writes the file.</summary>
    /// <param name="words">texts under <c>offer.paper.</c> in the language of the content</param>
    public static byte[] Write(OfferPrint offer, PaperWords words)
    {
        var sheet = new Sheet(offer, words, Languages.CultureOf(offer.Content.Language));
        return sheet.Write();
    }

    private sealed class Sheet(OfferPrint offer, PaperWords words, CultureInfo culture)
    {
        private readonly OfferContent content = offer.Content;
        private readonly PaperTongue tongue = new(offer.Content.Language, culture, words);
        private readonly Letterhead letterhead = new(offer.Parties.Seller, offer.Parties.SellerTaxNumber, offer.Settings.Address, offer.Settings.Contacts, offer.Settings.Requisites, offer.Logo);
        private readonly string name = offer.Number is { } number ? words("offer.paper.numbered", number, offer.Revision) : words("offer.paper.draft", offer.Revision);

        public byte[] Write()
        {
            var paper = new Paper($"{name} · {offer.Title}", offer.Parties.Seller);
            Head(paper);
            paper.Text(content.Opening, PaperStyle.Text);
            if (content.Opening is not null) paper.Space(8);
            Lines(paper, [.. content.Lines.Where(l => !l.IsOption)], 0, null);
            Totals(paper);
            var options = content.Lines.Where(l => l is { IsOption: true, IsSold: true }).ToList();
            if (options.Count > 0)
            {
                paper.Space(10);
                paper.Need(60);
                paper.Text(words("offer.paper.options"), PaperStyle.Heading);
                paper.Text(words("offer.paper.options-hint"), PaperStyle.Small);
                paper.Space(4);
                // no two lines have one number: a client names his option by it
                Lines(paper, options, content.Lines.Count(l => l is { IsOption: false, IsSold: true }), offer.Accepted?.Options.ToHashSet());
            }
            Payments(paper);
            if (content.Closing is not null)
            {
                paper.Space(10);
                paper.Text(content.Closing, PaperStyle.Text);
            }
            Foot(paper);
            return paper.Finish((page, pages) => $"{name} · {words("offer.paper.page", page, pages)}");
        }

        private void Head(Paper paper)
        {
            letterhead.Begin(paper, words);
            paper.Text(name, PaperStyle.Title);
            paper.Text(offer.Title, PaperStyle.Heading);
            paper.Space(6);
            paper.Beside(
                (0.55, PaperAlign.Left, [(offer.Parties.Client is { } client ? words("offer.paper.to", client) : null, PaperStyle.Text), (offer.Parties.Contact is { } person ? words("offer.paper.attention", person) : null, PaperStyle.Text)]),
                (0.45, PaperAlign.Right, [(offer.IssuedAt is { } day ? words("offer.paper.of", tongue.Day(day)) : null, PaperStyle.Text), (words("offer.paper.valid-until", tongue.Day(content.ValidUntil)), PaperStyle.Strong),
                    (offer.Parties.Manager is { } manager ? words("offer.paper.manager", manager) : null, PaperStyle.Text)]));
            paper.Space(12);
        }

        private void Lines(Paper paper, List<OfferLine> lines, int place, HashSet<Guid>? chosen)
        {
            var discounts = content.Lines.Any(l => l.Reduction(content.Discount) > 0);
            List<PaperColumn> columns =
            [
                new(words("offer.paper.place"), 0.055), new(words("offer.paper.name"), discounts ? 0.355 : 0.425), new(words("offer.paper.quantity"), 0.12, PaperAlign.Right),
                new(words("offer.paper.price"), 0.145, PaperAlign.Right),
            ];
            if (discounts) columns.Add(new(words("offer.paper.discount"), 0.09, PaperAlign.Right));
            columns.AddRange([new(words("offer.paper.vat"), 0.085, PaperAlign.Right), new(words("offer.paper.net"), discounts ? 0.15 : 0.17, PaperAlign.Right)]);
            var table = new PaperTable(paper, columns);
            foreach (var line in lines)
            {
                if (!line.IsSold)
                {
                    table.Section(line.Name);
                    continue;
                }
                var sums = line.Sums(content.Discount, content.Currency);
                var below = string.Join('\n', new[] { line.Code, line.Note, chosen?.Contains(line.Id) == true ? words("offer.paper.chosen") : null }.Where(text => text is not null));
                List<(string, string?)> cells = [((++place).ToString(culture), null), (line.Name, below), ($"{tongue.Number(line.Quantity)} {line.Unit}".TrimEnd(), null), (tongue.Price(line.Price ?? 0, content.Currency), null)];
                if (discounts) cells.Add((line.Reduction(content.Discount) is > 0 and var off ? $"{tongue.Number(Math.Round(off, 2, MidpointRounding.AwayFromZero))} %" : "", null));
                cells.AddRange([($"{tongue.Number(line.VatRate)} %", null), (tongue.Sum(sums.Net, content.Currency), null)]);
                table.Row([.. cells]);
                foreach (var part in line.Parts)
                    table.Row([.. columns.Select((_, i) => i switch { 1 => ("", $"– {part.Name}"), 2 => ("", tongue.Number(part.Quantity)), _ => ("", (string?)null) })]);
            }
        }

        private void Totals(Paper paper)
        {
            var totals = OfferTotals.Of(content, offer.Accepted?.Options.ToHashSet());
            paper.Space(8);
            List<(string Label, string Value, PaperStyle Style)> rows = [(words("offer.paper.total-net"), Money(totals.Net), PaperStyle.Text)];
            rows.AddRange(totals.Rates.Select(rate => (words("offer.paper.total-vat", tongue.Number(rate.Rate)), Money(rate.Vat), PaperStyle.Text)));
            rows.Add((words("offer.paper.total-gross"), Money(totals.Gross), PaperStyle.Heading));
            paper.Need(rows.Count * 16);
            foreach (var (label, value, style) in rows) paper.Beside((0.7, PaperAlign.Right, [(label, style)]), (0.3, PaperAlign.Right, [(value, style)]));
        }

        private void Payments(Paper paper)
        {
            var dues = PaymentSchedule.Split(offer.Accepted?.Gross ?? OfferTotals.Of(content).Gross, content.Payments, content.Currency);
            if (dues.Count == 0) return;
            paper.Space(12);
            paper.Need(70);
            paper.Text(words("offer.paper.payments"), PaperStyle.Heading);
            paper.Space(4);
            var table = new PaperTable(paper, [new(words("offer.paper.place"), 0.055), new(words("offer.paper.when"), 0.565), new(words("offer.paper.part"), 0.13, PaperAlign.Right), new(words("offer.paper.amount"), 0.25, PaperAlign.Right)]);
            foreach (var (due, i) in dues.Select((due, i) => (due, i)))
                table.Row(((i + 1).ToString(culture), null), (words($"offer.due.{due.After}{(due.Days == 0 ? ".at-once" : "")}", due.Days), null),
                    (due.Percent is { } percent ? $"{tongue.Number(percent)} %" : "", null), (Money(due.Amount), null));
        }

        private void Foot(Paper paper)
        {
            if (offer.Accepted is { } accepted)
            {
                paper.Space(14);
                paper.Need(30);
                paper.Text(words("offer.paper.accepted", accepted.Name, accepted.At.UtcDateTime.ToString("g", culture)), PaperStyle.Strong);
            }
            letterhead.End(paper);
        }

        private string Money(decimal value) => tongue.Money(value, content.Currency);
    }
}
