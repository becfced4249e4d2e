using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients;

/// <summary>
/// Which partners to list. <paramref name="Text"/> is looked for in names, phones, mail and tax numbers of the party, its legal entities, places and people;
/// <paramref name="Nobody"/> those whom nobody answers for; <paramref name="Above"/> a client and all below it in its network;
/// <paramref name="SilentSince"/> those with whom nobody has met or talked since; <paramref name="Segment"/> the clients of a segment;
/// <paramref name="Missing"/> those who lack something, by the code of a field that answers yes or no, such as <c>has-mail</c>;
/// <paramref name="Equal"/> those who share the value of a field with another of the list.
/// </summary>
public sealed record PartnerFilter(
    string? Text = null, PartnerKinds Kinds = PartnerKinds.None, PartnerStanding? Standing = null, Guid? Responsible = null, bool Nobody = false, string? Tag = null,
    PartnerId? Above = null, bool Archived = false, DateTimeOffset? SilentSince = null, SegmentId? Segment = null, string? Missing = null, EqualField? Equal = null);

/// <summary>A partner as its list shows it.</summary>
public sealed record PartnerRow(
    PartnerId Id, string Name, PartnerKinds Kinds, PartnerStanding Standing, string? Phone, string? Email, string? Town, Guid? ResponsibleId, string? Responsible, string? Branch,
    DateTimeOffset? LastContact, DateTimeOffset? NextContact, DateTimeOffset CreatedAt, bool Archived)
{
    /// <summary>Number of the group of equal ones, from 0, where the list was asked for them.</summary>
    public int? Group { get; init; }
    /// <inheritdoc cref="PartnerHead.Hidden"/>
    public ConfidentialFields Hidden { get; init; }
}

/// <summary>The list of partners, filtered, sorted and paged in SQL.</summary>
public sealed class PartnerListQuery(IDbContextFactory<PortalDb> contexts, SegmentQuery segments)
{
    /// <summary>Most that are listed where somebody has mistyped.</summary>
    public const int MostAlike = 200;

    /// <summary>Partners within the actor's reach.</summary>
    public async Task<PageOf<PartnerRow>> ListAsync(PartnerFilter filter, PartnerSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (filter.Equal is not null) return await EqualAsync(db, filter, slice, actor, ct);
        var page = await PartnerOrder.PageAsync(db, await MatchingAsync(db, filter, actor, ct), IsDear(filter), Telling(sort, filter), descending, slice, ct);
        return page with { Rows = [.. page.Rows.Select(row => row.For(actor))] };
    }

    /// <summary>
    /// Partners that hold nearly the text of a filter, in the way of <see cref="ListAsync"/>, for who finds nothing by what he typed: swapped letters, other spellings of the same
    /// sound, and where there are none <see cref="MostAlike"/> that are alike.
    /// </summary>
    public async Task<PageOf<PartnerRow>> NearlyAsync(PartnerFilter filter, PartnerSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        if (!SearchWords.IsForgiven(filter.Text)) return new([], 0);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var others = await MatchingAsync(db, filter with { Text = null }, actor, ct);
        var page = await PartnerOrder.PageAsync(db, await SlippingAsync(db, others, filter.Text!, actor, ct), true, Telling(sort, filter), descending, slice, ct);
        if (page.Total == 0) page = await PartnerOrder.PageAsync(db, await AlikeAsync(db, others, filter.Text!, actor, ct), true, Telling(sort, filter), descending, slice, ct);
        return page with { Rows = [.. page.Rows.Select(row => row.For(actor))] };
    }

    // a text and the conditions of a segment are asked of each client anew
    private static bool IsDear(PartnerFilter filter) => filter.Segment is not null || filter.Missing is { Length: > 0 } || LikePattern.Words(filter.Text).Any();

    // where one person answers for all of them, or nobody, only their names are left to sort by
    private static PartnerSort Telling(PartnerSort sort, PartnerFilter filter) => sort == PartnerSort.Responsible && (filter.Nobody || filter.Responsible is not null) ? PartnerSort.Name : sort;

    // equal ones stand together, whatever the list is sorted by otherwise
    private async Task<PageOf<PartnerRow>> EqualAsync(PortalDb db, PartnerFilter filter, Slice slice, Actor actor, CancellationToken ct)
    {
        var found = await GroupsAsync(db, filter, actor, ct);
        var groups = found.Numbers;
        var page = groups.OrderBy(g => g.Value).ThenBy(g => g.Key.Value).Skip(slice.From).Take(slice.Count).Select(g => g.Key).ToList();
        var rows = await RowsAsync(db, db.Set<Partner>().Where(p => page.Contains(p.Id)), actor, ct);
        return new([.. rows.Select(r => r with { Group = groups[r.Id] }).OrderBy(r => r.Group).ThenBy(r => r.Id.Value)], groups.Count) { More = found.Cut };
    }

    private async Task<EqualGroups> GroupsAsync(PortalDb db, PartnerFilter filter, Actor actor, CancellationToken ct)
    {
        var (others, equal) = (filter with { Equal = null }, filter.Equal!.Value);
        var partners = await MatchingAsync(db, others, actor, ct);
        // whom others answer for are not compared by what is hidden of them
        if (actor.Hidden.Has(EqualFields.Told(equal))) partners = partners.Where(p => p.Responsible == actor.UserId);
        return await EqualFields.FindAsync(db, partners, equal, ct);
    }

    /// <summary>The first partners whose name, number or address holds the text, for choosing one.</summary>
    public async Task<IReadOnlyList<SearchRow>> SuggestAsync(string text, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await FirstAsync(Matching(db, new(text), actor), ct);
        return found.Count == 0 && SearchWords.IsForgiven(text) ? await FirstAsync(await SlippingAsync(db, Matching(db, new(), actor), text, actor, ct), ct) : found;
    }

    private static Task<List<SearchRow>> FirstAsync(IQueryable<Partner> partners, CancellationToken ct) => partners.OrderBy(p => p.Name.ToLower()).ThenBy(p => p.Id).Take(8)
        .Select(p => new SearchRow { Kind = ObjectKind.Partner, ObjectId = p.Id.Value, Title = p.Name }).ToListAsync(ct);

    /// <summary>Branches a client can be given to: all of them, or the actor's own where his rights end there.</summary>
    public async Task<IReadOnlyList<Branch>> BranchesAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var reach = actor.OnlyBranch();
        return await db.Set<Branch>().AsNoTracking().Where(b => reach == null || b.Id == reach).OrderBy(b => b.Name).ToListAsync(ct);
    }

    /// <summary>Words that are on partners within reach, the most used first.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<ObjectTag>().Where(t => t.AboutKind == ObjectKind.Partner)
            .Where(t => db.Set<Partner>().Within(actor).Any(p => (Guid)(object)p.Id == t.AboutId))
            .GroupBy(t => t.Word.ToLower()).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Take(100).Select(g => g.Min(t => t.Word)!).ToListAsync(ct);
    }

    /// <summary>Rows of some partners, in the order given, as the reader may know them.</summary>
    internal static async Task<List<PartnerRow>> RowsAsync(PortalDb db, IQueryable<Partner> partners, Actor reader, CancellationToken ct) =>
        (await Rows(db, partners).ToListAsync(ct)).ConvertAll(row => row.For(reader));

    /// <summary>Rows of some partners, in the order given, with all that is hidden from some: whoever shows them asks <see cref="HiddenFields"/> first.</summary>
    internal static IQueryable<PartnerRow> Rows(PortalDb db, IQueryable<Partner> partners) => partners.Select(p => new PartnerRow(
        p.Id, p.Name, p.Kinds, p.Standing, p.Phone, p.Email,
        db.Set<Place>().Where(x => x.Partner == p.Id && !x.Archived && x.Town != null).OrderBy(x => x.Id).Select(x => x.Town).FirstOrDefault(),
        p.Responsible,
        db.Set<PortalUser>().Where(u => u.Id == p.Responsible).Select(u => u.DisplayName).FirstOrDefault(),
        db.Set<Branch>().Where(b => b.Id == p.Branch).Select(b => b.Name).FirstOrDefault(),
        db.Set<Interaction>().Where(i => i.Partner == p.Id && i.State == InteractionState.Held).Max(i => (DateTimeOffset?)i.At),
        db.Set<Interaction>().Where(i => i.Partner == p.Id && i.State == InteractionState.Planned).Min(i => (DateTimeOffset?)i.At),
        p.CreatedAt, p.Archived));

    /// <summary>Partners that a filter means, within the actor's reach.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c>, <c>segments.field-unknown</c></exception>
    internal async Task<IQueryable<Partner>> MatchingAsync(PortalDb db, PartnerFilter filter, Actor actor, CancellationToken ct)
    {
        var partners = Matching(db, filter, actor);
        if (filter.Segment is { } segment) partners = partners.Where(await segments.TestAsync(db, segment, actor, ct));
        if (filter.Missing is { Length: > 0 } field) partners = partners.Where(await segments.MissingAsync(db, field, ct));
        if (filter.Equal is null) return partners;
        var equal = (await GroupsAsync(db, filter, actor, ct)).Numbers.Keys.ToList();
        return partners.Where(p => equal.Contains(p.Id));
    }

    private static IQueryable<Partner> Matching(PortalDb db, PartnerFilter filter, Actor actor)
    {
        var partners = db.Set<Partner>().AsNoTracking().Within(actor).Where(p => p.Archived == filter.Archived);
        if (filter.Kinds != PartnerKinds.None) partners = partners.Where(p => (p.Kinds & filter.Kinds) != 0);
        if (filter.Standing is { } standing) partners = partners.Where(p => p.Standing == standing);
        if (filter.Responsible is { } user) partners = partners.Where(p => p.Responsible == user);
        if (filter.Nobody) partners = partners.Where(p => p.Responsible == null);
        if (filter.Above is { } above)
        {
            var branch = NetworkSql.Branch(db, above);
            partners = partners.Where(p => branch.Contains((Guid)(object)p.Id));
        }
        if (filter.SilentSince is { } since)
            partners = partners.Where(p => !db.Set<Interaction>().Any(i => i.Partner == p.Id && i.State == InteractionState.Held && i.Kind != InteractionKind.Note && i.At >= since));
        if (filter.Tag?.ToLower() is { } tag)
            partners = partners.Where(p => db.Set<ObjectTag>().Any(t => t.AboutKind == ObjectKind.Partner && t.AboutId == (Guid)(object)p.Id && t.Word.ToLower() == tag));
        return LikePattern.Words(filter.Text).Any() ? Holding(db, partners, actor, (words, hidden) => words.Holding(filter.Text, hidden)) : partners;
    }

    private static async Task<IQueryable<Partner>> SlippingAsync(PortalDb db, IQueryable<Partner> partners, string text, Actor actor, CancellationToken ct)
    {
        var slips = SearchWords.Slips(text, await db.MeantAsync(LikePattern.Words(text), ct));
        return Holding(db, partners, actor, (words, hidden) => words.Slipping(slips, hidden));
    }

    private static IQueryable<Partner> Holding(PortalDb db, IQueryable<Partner> partners, Actor actor, Func<IQueryable<PartnerWords>, ConfidentialFields, IQueryable<PartnerWords>> find)
    {
        // as a set of ids, which the index of the words finds, and not as a question to every partner
        var meant = find(db.Set<PartnerWords>(), ConfidentialFields.None).Select(w => w.Partner);
        var held = partners.Where(p => meant.Contains((Guid)(object)p.Id));
        if (actor.Untold().Length == 0) return held;
        // by what is hidden only his own are found
        var told = find(db.Set<PartnerWords>(), actor.Hidden).Select(w => w.Partner);
        return held.Where(p => p.Responsible == actor.UserId || told.Contains((Guid)(object)p.Id));
    }

    private static async Task<IQueryable<Partner>> AlikeAsync(PortalDb db, IQueryable<Partner> partners, string text, Actor actor, CancellationToken ct)
    {
        var alike = await db.LikeAsync(db.Set<SearchRow>(), text, actor.Untold(), rows =>
        {
            var meant = Meant(db, rows);
            return partners.Where(p => meant.Contains((Guid)(object)p.Id)).Select(p => p.Id).Take(MostAlike).ToListAsync(ct);
        }, ct);
        return partners.Where(p => alike.Contains(p.Id));
    }

    private static IQueryable<Guid> Meant(PortalDb db, IQueryable<SearchRow> hits) =>
        hits.Where(r => r.Partner != null && (r.Kind == ObjectKind.Partner || r.Kind == ObjectKind.Counterparty || r.Kind == ObjectKind.Place)).Select(r => r.Partner!.Value)
            .Union(hits.Where(r => r.Kind == ObjectKind.Person).Join(db.Set<ContactRole>().Where(role => role.Partner != null), r => r.ObjectId, role => (Guid)(object)role.Person, (r, role) => (Guid)(object)role.Partner!.Value));
}
