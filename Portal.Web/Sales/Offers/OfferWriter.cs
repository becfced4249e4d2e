using Portal.Domain.Sales.Offers;
using Portal.Infrastructure.Sales.Offers;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Offers;

/// <summary>
/// A draft under somebody's hands: what he types stands at once, and is saved one time after another, the latest of it each time. What the save reckons is laid under what he has typed meanwhile.
/// </summary>
internal sealed class OfferWriter
{
    private readonly LatestSave latest = new();

    /// <summary>What is shown.</summary>
    public OfferContent Content { get; private set; } = new("", "en", default);

    /// <summary>What it comes to.</summary>
    public OfferTotals Totals { get; private set; } = OfferTotals.Of(new("", "en", default));

    /// <summary>Lines whose price was below its floor when it was saved.</summary>
    public IReadOnlySet<Guid> Below { get; private set; } = new HashSet<Guid>();

    /// <summary>The version that the next save compares with.</summary>
    public uint Version { get; private set; }

    /// <summary>Why the last save was refused.</summary>
    public string? Problem => latest.Problem;

    /// <summary>True where nothing waits to be saved.</summary>
    public bool IsSaved => latest.IsSaved;

    /// <summary>Waits for the save that is under way; true where nothing waits to be saved then.</summary>
    public Task<bool> SettledAsync() => latest.SettledAsync();

    /// <summary>Shows what is stored, unless something of its own waits to be saved.</summary>
    public void Take(WrittenOffer written)
    {
        if (!IsSaved) return;
        (Content, Totals, Below, Version) = (written.Content, written.Totals, written.Below, written.Version);
    }

    /// <summary>Lets go of what could not be saved.</summary>
    public void Forget()
    {
        latest.Forget();
        Version = 0;
    }

    /// <summary>Changes the draft and saves it, or leaves it to the save that is under way to do so next.</summary>
    /// <param name="save">stores a content over a version</param>
    /// <param name="refusal">runs a job; a refusal in words, or null</param>
    /// <param name="shown">called after every change of what is shown</param>
    public Task WriteAsync(Func<OfferContent, OfferContent> change, Func<OfferContent, uint, Task<WrittenOffer>> save, Func<Func<Task>, Task<string?>> refusal, Func<Task> shown)
    {
        Content = change(Content);
        return latest.SaveAsync(async isLatest =>
        {
            var sent = Content;
            var written = await save(sent, Version);
            (Version, Below) = (written.Version, written.Below);
            Content = Merged(sent, written.Content, Content);
            if (isLatest()) Totals = written.Totals;
        }, refusal, shown);
    }

    // a line that nobody has touched since it was sent takes the price it was given, a text that of the language
    private static OfferContent Merged(OfferContent sent, OfferContent written, OfferContent now)
    {
        if (ReferenceEquals(sent, now)) return written;
        var (before, priced) = (sent.Lines.ToDictionary(l => l.Id), written.Lines.ToDictionary(l => l.Id));
        return now with { Opening = now.Opening == sent.Opening ? written.Opening : now.Opening, Closing = now.Closing == sent.Closing ? written.Closing : now.Closing, Lines = [.. now.Lines.Select(line => before.GetValueOrDefault(line.Id) is { } old && ReferenceEquals(old, line) && priced.TryGetValue(line.Id, out var known) ? known : line)] };
    }
}
