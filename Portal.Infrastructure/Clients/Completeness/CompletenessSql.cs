using System.Linq.Expressions;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Completeness;

/// <summary>Turns weighted fields into what the database reckons for each client. The fields are those of segments that answer yes or no.</summary>
internal static class CompletenessSql
{
    /// <summary>Fields that can count, in the order in which segments offer them.</summary>
    public static IEnumerable<string> Fields => SegmentFields.All.Where(one => one.Type == SegmentFieldType.YesNo).Select(one => one.Code);

    /// <summary>Clients in whom a field is missing.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.field-unknown</c>, <c>segments.operator-unknown</c></exception>
    public static Expression<Func<Partner, bool>> Missing(PortalDb db, string field, DateTimeOffset now, TimeZoneInfo zone) =>
        SegmentFields.Of(field).Ask(new(db, now, zone, _ => throw new InvalidOperationException("No field of completeness asks a segment.")), new(field, ConditionOperator.No, []));

    /// <summary>Which of the fields a client has filled, one bit each.</summary>
    public static Expression<Func<Partner, int>> Mask(PortalDb db, IReadOnlyList<string> fields, DateTimeOffset now, TimeZoneInfo zone) =>
        Sum(db, fields.Select((field, i) => (field, 1 << i)), now, zone);

    /// <summary>Weight of what a client has filled.</summary>
    public static Expression<Func<Partner, int>> Weight(PortalDb db, IReadOnlyDictionary<string, int> weights, DateTimeOffset now, TimeZoneInfo zone) =>
        Sum(db, weights.Select(w => (w.Key, w.Value)), now, zone);

    private static Expression<Func<Partner, int>> Sum(PortalDb db, IEnumerable<(string Field, int Value)> parts, DateTimeOffset now, TimeZoneInfo zone)
    {
        var client = Expression.Parameter(typeof(Partner), "p");
        Expression sum = Expression.Constant(0);
        foreach (var (field, value) in parts)
            sum = Expression.Add(sum, Expression.Condition(ValueTests.Put(Missing(db, field, now, zone), client), Expression.Constant(0), Expression.Constant(value)));
        return Expression.Lambda<Func<Partner, int>>(sum, client);
    }
}
