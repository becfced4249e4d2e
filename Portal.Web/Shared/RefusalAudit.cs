using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;

namespace Portal.Web.Shared;

/// <summary>Leaves a refusal for lack of rights in the audit; other refusals are everyday work.</summary>
internal static class RefusalAudit
{
    public static Task NoteRefusalAsync(this AuditLog audit, RuleBrokenException refusal, Actor? actor) =>
        actor is not null && refusal.Code is "identity.not-allowed" or "identity.none-allowed" or "identity.out-of-reach" or "identity.cannot-grant"
            ? audit.NoteAsync(actor!, AuditEvents.Refused, About(refusal.Args.FirstOrDefault()) ?? refusal.Code, CancellationToken.None)
            : Task.CompletedTask;

    private static string? About(object? arg) => arg is IEnumerable<string> several ? string.Join(", ", several) : arg?.ToString();
}
