using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Pricing;

/// <summary>Actions for route maps: keeping a decision about prices, in the step in which it is made.</summary>
public static class PriceActions
{
    /// <summary>Adds <c>pricing.approval.grant</c> and <c>pricing.approval.refuse</c>.</summary>
    public static IServiceCollection AddPriceActions(this IServiceCollection services) =>
        services.AddSingleton(provider => Deciding("pricing.approval.grant", granted: true, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => Deciding("pricing.approval.refuse", granted: false, provider.GetRequiredService<TimeProvider>()));

    private static ProcessAction Deciding(string name, bool granted, TimeProvider time) =>
        new(name, IsExternal: false, [new("lines", FieldType.Text), new("note", FieldType.Text, IsRequired: false)], async (call, ct) =>
        {
            var about = call.About ?? throw new RuleBrokenException("pricing.approval-of-nothing");
            call.Actor.Require(Permissions.PricingApprove);
            call.Database!.Add(new PriceDecision(about, Text(call.Inputs["lines"])!, granted, Text(call.Inputs["note"]), call.Instance, call.Actor, time.GetUtcNow()));
            await call.Database.SaveChangesAsync(ct);
            return ContextValue.Empty;
        });

    private static string? Text(Value value) => value.IsNull ? null : value.ToString();
}
