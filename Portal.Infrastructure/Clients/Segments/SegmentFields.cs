using System.Linq.Expressions;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Segments;

/// <summary>All fields that conditions ask about; one line each.</summary>
public static class SegmentFields
{
    /// <summary>In the order in which they are offered.</summary>
    public static readonly IReadOnlyList<SegmentField> All =
    [
        Text("name", p => p.Name),
        Kinds("kinds"),
        Choice("standing", p => p.Standing),
        Choice("level", p => p.Level),
        Text("parent", db => p => db.Set<Partner>().Where(x => x.Id == p.Parent).Select(x => (string?)x.Name)),
        Responsible("responsible"),
        OurBranch("branch"),
        Text("tag", db => p => db.Set<ObjectTag>().Where(t => t.AboutKind == ObjectKind.Partner && t.AboutId == (Guid)(object)p.Id).Select(t => (string?)t.Word)),
        Text("country", db => p => db.Set<Place>().Where(x => x.Partner == p.Id && !x.Archived).Select(x => x.Country)),
        Text("region", db => p => db.Set<Place>().Where(x => x.Partner == p.Id && !x.Archived).Select(x => x.Region)),
        Text("town", db => p => db.Set<Place>().Where(x => x.Partner == p.Id && !x.Archived).Select(x => x.Town)),
        Time("created", db => p => p.CreatedAt, mayBeEmpty: false),
        Time("last-contact", db => p => db.Set<Interaction>().Where(i => i.Partner == p.Id && i.State == InteractionState.Held && i.Kind != InteractionKind.Note).Max(i => (DateTimeOffset?)i.At)),
        Silent("silent"),
        Time("next-contact", db => p => db.Set<Interaction>().Where(i => i.Partner == p.Id && i.State == InteractionState.Planned).Min(i => (DateTimeOffset?)i.At)),
        Times("interactions", (db, since) => p => db.Set<Interaction>().Count(i => i.Partner == p.Id && i.State == InteractionState.Held && i.Kind != InteractionKind.Note && (since == null || i.At >= since))),
        YesNo("has-talk", (db, _) => p => db.Set<Interaction>().Any(i => i.Partner == p.Id && i.State == InteractionState.Held && i.Kind != InteractionKind.Note)),
        Number("contacts", db => p => db.Set<ContactRole>().Count(r => r.Partner == p.Id && !r.Ended)),
        Number("places", db => p => db.Set<Place>().Count(x => x.Partner == p.Id && !x.Archived)),
        YesNo("has-responsible", (_, _) => p => p.Responsible != null),
        YesNo("has-contact", (db, _) => p => db.Set<ContactRole>().Any(r => r.Partner == p.Id && !r.Ended)),
        YesNo("has-address", (db, _) => p => db.Set<Place>().Any(x => x.Partner == p.Id && !x.Archived)),
        YesNo("has-map-point", (db, _) => p => db.Set<Place>().Any(x => x.Partner == p.Id && !x.Archived && x.Latitude != null)),
        YesNo("has-phone", (db, _) => p => p.Phone != null || db.Set<ContactPoint>().Any(c => c.Partner == p.Id && c.Channel == ContactChannel.Phone)
            || db.Set<ContactRole>().Any(r => r.Partner == p.Id && !r.Ended && (db.Set<Person>().Any(x => x.Id == r.Person && x.Phone != null)
                || db.Set<ContactPoint>().Any(c => c.Person == r.Person && c.Channel == ContactChannel.Phone)))),
        YesNo("has-mail", (db, _) => p => p.Email != null || db.Set<ContactPoint>().Any(c => c.Partner == p.Id && c.Channel == ContactChannel.Email)
            || db.Set<ContactRole>().Any(r => r.Partner == p.Id && !r.Ended && (db.Set<Person>().Any(x => x.Id == r.Person && x.Email != null)
                || db.Set<ContactPoint>().Any(c => c.Person == r.Person && c.Channel == ContactChannel.Email)))),
        YesNo("has-website", (_, _) => p => p.Website != null),
        YesNo("has-note", (_, _) => p => p.Note != null),
        YesNo("has-entity", (db, _) => p => db.Set<Counterparty>().Any(c => c.Partner == p.Id && !c.Archived)),
        YesNo("has-tax-number", (db, _) => p => db.Set<Counterparty>().Any(c => c.Partner == p.Id && !c.Archived && c.TaxNumber != null)),
        YesNo("has-agreement", (db, today) => p => db.Set<Agreement>().Any(a => a.Partner == p.Id && !a.Archived && a.ValidFrom <= today && (a.ValidUntil == null || a.ValidUntil >= today))),
        Day("agreement-until", db => p => db.Set<Agreement>().Where(a => a.Partner == p.Id && !a.Archived).Select(a => a.ValidUntil)),
        Times("trips", (db, since) => p => db.Set<Trip>().Count(t => t.Customer == p.Id && t.State == TripState.Completed && (since == null || t.EndedAt >= since))),
        Time("last-trip", db => p => db.Set<Trip>().Where(t => t.Customer == p.Id && t.State == TripState.Completed).Max(t => t.EndedAt)),
        new("segment", SegmentFieldType.Segment, (scope, test) => Turned(test, ValueTests.Ids(test).Select(id => scope.OfSegment(new(id))).Aggregate(ConditionTranslation.Either))),
    ];

    private static readonly Dictionary<string, SegmentField> ByCode = All.ToDictionary(field => field.Code);

    /// <summary>The field of a code.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.field-unknown</c></exception>
    public static SegmentField Of(string code) => ByCode.GetValueOrDefault(code) ?? throw new RuleBrokenException("segments.field-unknown", code);

    private static SegmentField Text(string code, Expression<Func<Partner, string?>> value) =>
        new(code, SegmentFieldType.Text, (scope, test) => value.Over(ValueTests.OfText(scope, test), test));

    private static SegmentField Text(string code, Func<PortalDb, Expression<Func<Partner, IQueryable<string?>>>> values) =>
        new(code, SegmentFieldType.Text, (scope, test) => values(scope.Db).Over(ValueTests.OfText(scope, test), test)) { MayBeEmpty = true };

    private static SegmentField Number(string code, Func<PortalDb, Expression<Func<Partner, int>>> value) =>
        new(code, SegmentFieldType.Number, (scope, test) => value(scope.Db).Over(ValueTests.OfNumber(scope, test), test));

    private static SegmentField Times(string code, Func<PortalDb, DateTimeOffset?, Expression<Func<Partner, int>>> count) =>
        new(code, SegmentFieldType.Times, (scope, test) => count(scope.Db, ValueTests.TimesSince(scope, test)).Over(ValueTests.OfNumber(scope, test), test));

    private static SegmentField Time(string code, Func<PortalDb, Expression<Func<Partner, DateTimeOffset?>>> value, bool mayBeEmpty = true) =>
        new(code, SegmentFieldType.Date, (scope, test) => value(scope.Db).Over(ValueTests.OfTime(scope, test), test)) { MayBeEmpty = mayBeEmpty };

    private static SegmentField Day(string code, Func<PortalDb, Expression<Func<Partner, IQueryable<DateOnly?>>>> values) =>
        new(code, SegmentFieldType.Date, (scope, test) => values(scope.Db).Over(ValueTests.OfDay(scope, test), test)) { MayBeEmpty = true };

    private static SegmentField YesNo(string code, Func<PortalDb, DateOnly, Expression<Func<Partner, bool>>> holds) =>
        new(code, SegmentFieldType.YesNo, (scope, test) => Turned(test, holds(scope.Db, scope.Today)));

    private static SegmentField Choice<T>(string code, Expression<Func<Partner, T>> value) where T : struct, Enum =>
        new(code, SegmentFieldType.Choice, (_, test) => value.Over(ValueTests.OfChoice<T>(test), test)) { Options = [.. Enum.GetValues<T>().Cast<Enum>()] };

    private static SegmentField Kinds(string code) => new(code, SegmentFieldType.Choice, (_, test) =>
    {
        var mask = test.Values.Aggregate(PartnerKinds.None, (all, value) => all | (Enum.TryParse<PartnerKinds>(value, out var kind) && Enum.IsDefined(kind) ? kind : PartnerKinds.None));
        if (mask == PartnerKinds.None) throw new RuleBrokenException("segments.value-unreadable", $"segment.{test.Field}", string.Join(", ", test.Values));
        return Turned(test, p => (p.Kinds & mask) != 0);
    }) { Options = [.. Enum.GetValues<PartnerKinds>().Where(kind => kind != PartnerKinds.None).Cast<Enum>()] };

    private static SegmentField Responsible(string code) => new(code, SegmentFieldType.User, (_, test) =>
    {
        var users = ValueTests.Ids(test);
        return Turned(test, users.Count == 0 ? p => p.Responsible != null : p => p.Responsible != null && users.Contains(p.Responsible.Value));
    }) { MayBeEmpty = true };

    private static SegmentField OurBranch(string code) => new(code, SegmentFieldType.Branch, (_, test) =>
    {
        var branches = ValueTests.Ids(test).ConvertAll(id => (BranchId?)new BranchId(id));
        return Turned(test, branches.Count == 0 ? p => p.Branch != null : p => branches.Contains(p.Branch));
    }) { MayBeEmpty = true };

    // asked through the index of talks, not through the last one of each client
    private static SegmentField Silent(string code) => new(code, SegmentFieldType.Number, (scope, test) =>
    {
        var (db, since, quiet) = (scope.Db, scope.Now.AddDays(-ValueTests.Days(test, 0)), test.Operator == ConditionOperator.AtLeast);
        Expression<Func<Partner, bool>> talked = p => db.Set<Interaction>().Any(i => i.Partner == p.Id && i.State == InteractionState.Held && i.Kind != InteractionKind.Note && i.At >= since);
        return quiet ? Expression.Lambda<Func<Partner, bool>>(Expression.Not(talked.Body), talked.Parameters) : talked;
    });

    private static Expression<Func<Partner, bool>> Turned(ConditionTest test, Expression<Func<Partner, bool>> condition) => ValueTests.Turned(condition, test);
}
