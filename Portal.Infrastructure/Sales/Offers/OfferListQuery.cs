using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>A column the list of offers sorts by.</summary>
public enum OfferSort { Created, Number, Title, Gross, ValidUntil, State }

/// <summary>Which offers to list. <paramref name="Text"/> is looked for in title, number and client.</summary>
public sealed record OfferFilter(string? Text = null, OfferState? State = null, bool Mine = false, DealId? Deal = null, PartnerId? Partner = null);

/// <summary>An offer as lists show it.</summary>
public sealed record OfferRow(
    OfferId Id, int? Year, int? Sequence, string Title, OfferState State, DateTimeOffset? StateSince, DealId? Deal, PartnerId? PartnerId, string? Partner, string? Manager,
    string Currency, decimal Net, decimal Gross, DateOnly ValidUntil, int Newest, int? InForce, DateTimeOffset CreatedAt)
{
    /// <summary>Its number; null until it is issued.</summary>
    public string? Number => Domain.Documents.DocumentNumber.Of(Year, Sequence)?.ToString();
}

/// <summary>The offers within reach, filtered, sorted and paged in SQL.</summary>
public sealed class OfferListQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Offers of a page of the list.</summary>
    public async Task<PageOf<OfferRow>> ListAsync(OfferFilter filter, OfferSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var offers = Matching(db, filter, actor);
        var key = Key(sort);
        var sorted = (descending ? offers.OrderByDescending(key) : offers.OrderBy(key)).ThenByDescending(o => o.Id);
        var clients = db.Set<Partner>().Within(actor);
        var rows = await sorted.Skip(slice.From).Take(slice.Count).Select(o => new OfferRow(
            o.Id, o.Year, o.Sequence, o.Title, o.State, o.StateSince, o.Deal, o.Partner, clients.Where(p => p.Id == o.Partner).Select(p => p.Name).FirstOrDefault(),
            db.Set<PortalUser>().Where(u => u.Id == (db.Set<Deal>().Where(d => d.Id == o.Deal).Select(d => d.Manager).FirstOrDefault() ?? o.Manager)).Select(u => u.DisplayName).FirstOrDefault(),
            o.Currency, o.Net, o.Gross, o.ValidUntil, o.Newest, o.InForce, o.CreatedAt)).ToListAsync(ct);
        return new(rows, await offers.CountAsync(ct));
    }

    private static IQueryable<Offer> Matching(PortalDb db, OfferFilter filter, Actor actor)
    {
        var offers = db.Set<Offer>().AsNoTracking().Within(db, actor);
        var me = actor.UserId;
        if (filter.State is { } state) offers = offers.Where(o => o.State == state);
        if (filter.Mine) offers = offers.AnsweredBy(db, me);
        if (filter.Deal is { } deal) offers = offers.Where(o => o.Deal == deal);
        if (filter.Partner is { } partner) offers = offers.Where(o => o.Partner == partner);
        var clients = db.Set<Partner>().Within(actor);
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            offers = offers.Where(o => EF.Functions.ILike(o.Title, pattern, LikePattern.Escape) || EF.Functions.ILike(DocumentNumberText.Of(o.Year, o.Sequence)!, pattern, LikePattern.Escape)
                || clients.Any(p => p.Id == o.Partner && EF.Functions.ILike(p.Name, pattern, LikePattern.Escape)));
        return offers;
    }

    private static Expression<Func<Offer, object?>> Key(OfferSort sort) => sort switch
    {
        OfferSort.Number => o => o.Year * 10_000_000L + o.Sequence,
        OfferSort.Title => o => o.Title,
        OfferSort.Gross => o => o.Gross,
        OfferSort.ValidUntil => o => o.ValidUntil,
        OfferSort.State => o => o.State,
        _ => o => o.CreatedAt,
    };
}
