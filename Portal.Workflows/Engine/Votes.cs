using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>When an approval by several is decided.</summary>
public static class Votes
{
    /// <summary>True or false once the vote is decided, null while it is open.</summary>
    public static bool? Outcome(Approval approval, Progress votes)
    {
        var all = votes.Items.Length;
        var open = all - votes.Completed;
        return approval.Mode switch
        {
            ApprovalMode.All => open > 0 ? null : votes.Refused == 0,
            ApprovalMode.Any => votes.Approved > 0 ? true : open > 0 ? null : false,
            ApprovalMode.Veto => votes.Refused > 0 ? false : open > 0 ? null : true,
            _ => Share(votes.Approved, all) >= approval.Percent ? true
                : Share(votes.Approved + open, all) < approval.Percent ? false : null,
        };
    }

    private static decimal Share(int part, int all) => 100m * part / all;
}
