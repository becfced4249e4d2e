using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Pricing;

/// <summary>How the lines of objects of a kind stand by now.</summary>
public sealed record PriceSubject(ObjectKind Kind, Func<PortalDb, Guid, CancellationToken, Task<IReadOnlyList<PriceMark>>> MarksAsync);

/// <summary>Actions for route maps: keeping a decision about prices, in the step in which it is made.</summary>
public static class PriceActions
{
    /// <summary>Adds <c>pricing.approval.grant</c> and <c>pricing.approval.refuse</c>.</summary>
    public static IServiceCollection AddPriceActions(this IServiceCollection services) =>
        services.AddSingleton(provider => Deciding("pricing.approval.grant", granted: true, [.. provider.GetServices<PriceSubject>()], provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => Deciding("pricing.approval.refuse", granted: false, [.. provider.GetServices<PriceSubject>()], provider.GetRequiredService<TimeProvider>()));

    /// <summary>Says how the lines of objects of a kind stand, so that a decision is kept with the floors that whoever decided could see.</summary>
    public static IServiceCollection AddPriceSubject(this IServiceCollection services, PriceSubject subject) => services.AddSingleton(subject);

    private static ProcessAction Deciding(string name, bool granted, IReadOnlyList<PriceSubject> subjects, TimeProvider time) =>
        new(name, IsExternal: false, [new("lines", FieldType.Text), new("note", FieldType.Text, IsRequired: false)], async (call, ct) =>
        {
            var about = call.About ?? throw new RuleBrokenException("pricing.approval-of-nothing");
            call.Actor.Require(Permissions.PricingApprove);
            var stands = subjects.FirstOrDefault(s => s.Kind == about.Kind) is { } subject ? await subject.MarksAsync(call.Database!, about.Id, ct) : [];
            var marks = PriceApprovals.LinesOf(call.Inputs["lines"]).Select(line => new PriceMark(line, stands.FirstOrDefault(m => m.Line == line)?.Floor)).ToList();
            call.Database!.Add(new PriceDecision(about, marks, granted, Text(call.Inputs["note"]), call.Instance, call.Actor, time.GetUtcNow()));
            await call.Database.SaveChangesAsync(ct);
            return ContextValue.Empty;
        });

    private static string? Text(Value value) => value.IsNull ? null : value.ToString();
}
