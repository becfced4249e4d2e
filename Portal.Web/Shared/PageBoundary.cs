using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;

namespace Portal.Web.Shared;

/// <summary>Keeps the failure of a page to that page; a refusal for lack of rights is noted in the audit.</summary>
public sealed class PageBoundary : ErrorBoundary
{
    [Inject] private AuditLog Audit { get; set; } = default!;
    [Inject] private CurrentActor Current { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnErrorAsync(Exception exception)
    {
        if (exception is RuleBrokenException refusal) await Audit.NoteRefusalAsync(refusal, Current.Known);
        else await base.OnErrorAsync(exception);
    }
}
