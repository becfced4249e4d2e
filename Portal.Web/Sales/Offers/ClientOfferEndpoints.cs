using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Sales.Offers;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Offers;

/// <summary>What a client has ticked and typed on the page of an offer before he sends it.</summary>
public sealed record ClientChoice(IReadOnlyCollection<Guid> Options, string? Name);

/// <summary>
/// The page on which a client reads an offer, under a secret address: no sign-in, no cookie, no script. Whoever has no such address, or one that is over or taken back, is told the same.
/// The address is all that a form needs to be believed, so there is no other token in it.
/// </summary>
internal static class ClientOfferEndpoints
{
    /// <summary>Name of the limit: bursts of 60 from one address, one a second.</summary>
    private const string Limit = "client-offer";

    private const int MostForm = 64 * 1024;

    /// <summary>Path of the page with this secret, without the leading slash.</summary>
    public static string PathOf(string secret) => $"o/{secret}";

    public static IServiceCollection AddClientOffers(this IServiceCollection services) =>
        services.AddRateLimiter(limits => limits.AddPolicy(Limit, http => RateLimitPartition.GetTokenBucketLimiter(
            http.Connection.RemoteIpAddress?.ToString() ?? "unknown",
            _ => new TokenBucketRateLimiterOptions { TokenLimit = 60, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0 })));

    public static void MapClientOffers(this IEndpointRouteBuilder app)
    {
        var page = app.MapGroup("/o/{secret}").RequireRateLimiting(Limit).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostForm));
        page.MapGet("", async (string secret, HttpContext http, ClientOffers offers) => Page(http, secret, await offers.OpenAsync(secret, From(http), http.RequestAborted), null));
        page.MapGet("/pdf", PdfAsync);
        page.MapPost("/reckon", async (string secret, [FromForm] string? name, [FromForm] Guid[]? option, HttpContext http, ClientOffers offers) =>
            Page(http, secret, await offers.OpenAsync(secret, From(http), http.RequestAborted), null, new(option ?? [], name)));
        // where the sums were read, the way back leads to the offer
        page.MapGet("/reckon", (string secret) => Results.Redirect($"/{PathOf(secret)}"));
        page.MapPost("/ask", (string secret, [FromForm] string? name, [FromForm] string? question, HttpContext http, ClientOffers offers, Texts t) =>
            DoAsync(http, secret, offers, t, by => offers.AskAsync(secret, by, question, http.RequestAborted), name, "asked"));
        page.MapPost("/accept", (string secret, [FromForm] string? name, [FromForm] Guid[]? option, HttpContext http, ClientOffers offers, Texts t) =>
            DoAsync(http, secret, offers, t, by => offers.AcceptAsync(secret, by, option ?? [], http.RequestAborted), name, "accepted", option));
        page.MapPost("/refuse", (string secret, [FromForm] string? name, [FromForm] string? reason, HttpContext http, ClientOffers offers, Texts t) =>
            DoAsync(http, secret, offers, t, by => offers.RefuseAsync(secret, by, reason, http.RequestAborted), name, "refused"));
    }

    private static async Task<IResult> PdfAsync(string secret, HttpContext http, ClientOffers offers, OfferPaperQuery papers, OfferPapers press)
    {
        if (await offers.OpenAsync(secret, From(http), http.RequestAborted) is not { } offer || await papers.FindForClientAsync(offer.Id, offer.Revision, http.RequestAborted) is not { } print) return Page(http, secret, null, null);
        Private(http);
        return OfferExports.Pdf(http, print, press);
    }

    private static async Task<IResult> DoAsync(HttpContext http, string secret, ClientOffers offers, Texts t, Func<ClientSigning, Task<ClientOffer?>> job, string? name, string done, Guid[]? option = null)
    {
        try
        {
            // read anew by its address, the page does the same again neither for a reload nor for a way back
            return await job(new(name ?? "", From(http))) is null ? Page(http, secret, null, null) : Results.Redirect($"/{PathOf(secret)}?done={done}", permanent: false, preserveMethod: false);
        }
        catch (RuleBrokenException refusal)
        {
            var offer = await offers.OpenAsync(secret, From(http), http.RequestAborted);
            if (offer is not null) InLanguage.Speak(offer.Content.Language);
            return Page(http, secret, offer, t.Of(refusal), new(option ?? [], name), StatusCodes.Status400BadRequest);
        }
    }

    private static IResult Page(HttpContext http, string secret, ClientOffer? offer, string? problem, ClientChoice? choice = null, int status = StatusCodes.Status200OK)
    {
        Private(http);
        if (offer is null) return new RazorComponentResult<ClientOfferGone> { StatusCode = StatusCodes.Status404NotFound };
        var page = new RazorComponentResult<ClientOfferPage>(new { Offer = offer, Secret = secret, Problem = problem, Done = http.Request.Query["done"].ToString(), Choice = choice }) { StatusCode = status };
        return new InLanguage(page, offer.Content.Language);
    }

    private static void Private(HttpContext http)
    {
        http.Response.Headers.CacheControl = "private, no-store";
        http.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
    }

    private static string From(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "";
}
