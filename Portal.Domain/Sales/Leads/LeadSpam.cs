namespace Portal.Domain.Sales.Leads;

/// <summary>Tells appeals that a program may have sent from those of people, without asking anybody. What is doubted is kept and looked at, never lost.</summary>
public static class LeadSpam
{
    /// <summary>Nobody reads a form, types and sends in less.</summary>
    public static readonly TimeSpan Fastest = TimeSpan.FromSeconds(3);

    /// <summary>Links that a person writes into an appeal at most.</summary>
    public const int MostLinks = 2;

    /// <summary>Appeals by one form in a minute, beyond which what comes is doubted.</summary>
    public const int MostAMinute = 30;

    private static readonly string[] Links = ["http://", "https://", "www.", "[url", "<a "];

    /// <summary>Why an appeal is doubted; null where it is not.</summary>
    /// <param name="trap">what stands in the field that people do not see</param>
    /// <param name="took">from the moment the form was read until it was sent</param>
    /// <param name="lately">appeals by the same form within the last minute</param>
    public static LeadSuspicion? Of(LeadContact contact, LeadAppeal appeal, string? trap, TimeSpan took, int lately) =>
        !string.IsNullOrEmpty(trap) ? LeadSuspicion.Trap
        : took < Fastest ? LeadSuspicion.TooFast
        : Math.Max(Count(appeal.Subject ?? ""), Count(appeal.Text ?? "")) > MostLinks || Count($"{contact.Name} {contact.Company} {contact.Territory}") > 0 ? LeadSuspicion.Links
        : lately >= MostAMinute ? LeadSuspicion.Flood
        : null;

    // "https://www." is one link
    private static int Count(string text)
    {
        var (count, last) = (0, -10);
        for (var at = 0; at < text.Length; at++)
        {
            if (!Links.Any(link => string.Compare(text, at, link, 0, link.Length, StringComparison.OrdinalIgnoreCase) == 0)) continue;
            if (at - last > "https://".Length) count++;
            last = at;
        }
        return count;
    }
}
