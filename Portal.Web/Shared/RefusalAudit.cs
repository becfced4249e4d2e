using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;

namespace Portal.Web.Shared;

/// <summary>Leaves a refusal for lack of rights in the audit; other refusals are everyday work.</summary>
internal static class RefusalAudit
{
    public static Task NoteRefusalAsync(this AuditLog audit, RuleBrokenException refusal, Actor? actor) =>
        actor is not null && refusal.Code is "identity.not-allowed" or "identity.out-of-reach" or "identity.cannot-grant"
            ? audit.NoteAsync(actor!, AuditEvents.Refused, refusal.Args.FirstOrDefault()?.ToString() ?? refusal.Code, CancellationToken.None)
            : Task.CompletedTask;
}
