using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Sales.Leads;
using Portal.Web.Sales.Offers;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Sales.Leads;

/// <summary>
/// The forms by which anybody may appeal, at <c>/f/{key}</c>: no sign-in, no cookie, no script. Only the sites that a form names may show it within their pages, and only its own page may send it.
/// </summary>
internal static class WebFormEndpoints
{
    /// <summary>Name of the limit on requests from one address.</summary>
    private const string Limit = "web-form";

    private const int MostForm = 64 * 1024;

    /// <summary>Path of the form with this key, without the leading slash.</summary>
    public static string PathOf(string key) => $"f/{key}";

    public static IServiceCollection AddWebForms(this IServiceCollection services) => services.AddSingleton<AppealLimit>().AddRateLimiter(limits => limits.AddPolicy(Limit, http =>
        RateLimitPartition.GetTokenBucketLimiter($"{http.Request.Method} {Neighbourhood(http.Connection.RemoteIpAddress)}",
            _ => new TokenBucketRateLimiterOptions { TokenLimit = 60, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0 })));

    /// <summary>From one address bursts of ten appeals, six a minute. It is asked where the form can be shown again with what was written.</summary>
    private sealed class AppealLimit : IDisposable
    {
        private readonly PartitionedRateLimiter<HttpContext> limiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(Neighbourhood(http.Connection.RemoteIpAddress),
            _ => new TokenBucketRateLimiterOptions { TokenLimit = 10, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(10), AutoReplenishment = true, QueueLimit = 0 }));

        /// <exception cref="RuleBrokenException"><c>leads.form-busy</c></exception>
        public void Take(HttpContext http)
        {
            using var lease = limiter.AttemptAcquire(http);
            if (!lease.IsAcquired) throw new RuleBrokenException("leads.form-busy");
        }

        public void Dispose() => limiter.Dispose();
    }

    public static void MapWebForms(this IEndpointRouteBuilder app)
    {
        var page = app.MapGroup("/f/{key}").RequireRateLimiting(Limit).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostForm));
        page.MapGet("", async (string key, string? lang, string? source, string? sent, HttpContext http, WebLeads leads) =>
            Page(http, await leads.OpenAsync(key, http.RequestAborted), new(new()), lang, sent is not null, null, leads.Stamp(key), source));
        page.MapPost("", SendAsync);
    }

    private static async Task<IResult> SendAsync(
        string key, [FromForm] string? name, [FromForm] string? company, [FromForm] string? phone, [FromForm] string? mail, [FromForm] string? territory, [FromForm] string? text, [FromForm] string? manager,
        [FromForm] string? website, [FromForm] string? stamp, [FromForm] string? lang, [FromForm] string? source, HttpContext http, WebLeads leads, AppealLimit limit, Texts t)
    {
        // another site's page has no business to send it from its visitors' browsers
        if (http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, http.Request.Host.Value, StringComparison.OrdinalIgnoreCase)))
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        var given = new WebAppeal(new(name, company, phone, mail, territory), text, Guid.TryParse(manager, out var wanted) ? wanted : null, source, website, stamp);
        try
        {
            limit.Take(http);
            return await leads.SendAsync(key, given, http.RequestAborted) ? Results.Redirect($"/{PathOf(key)}?sent=1&lang={Uri.EscapeDataString(lang is { Length: 2 } ? lang : "")}", permanent: false, preserveMethod: false)
                : Page(http, null, given, lang, false, null, "", null);
        }
        catch (RuleBrokenException refusal)
        {
            var form = await leads.OpenAsync(key, http.RequestAborted);
            if (form is not null) InLanguage.Speak(LanguageOf(form, lang));
            return Page(http, form, given, lang, false, t.Of(refusal), leads.Stamp(key, stamp), source, refusal.Code == "leads.form-busy" ? StatusCodes.Status429TooManyRequests : StatusCodes.Status400BadRequest);
        }
    }

    private static IResult Page(HttpContext http, WebForm? form, WebAppeal given, string? lang, bool sent, string? problem, string stamp, string? source, int status = StatusCodes.Status200OK)
    {
        http.Response.Headers.CacheControl = "private, no-store";
        http.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
        if (form is null) return new RazorComponentResult<ClientOfferGone> { StatusCode = StatusCodes.Status404NotFound };
        http.Features.Set(new ShownWithin(form.Origins));
        var language = LanguageOf(form, lang);
        return new InLanguage(new RazorComponentResult<WebFormPage>(new { Form = form, Given = given, Language = language, Sent = sent, Problem = problem, Stamp = stamp, Source = source is { Length: <= 80 } ? source : null }) { StatusCode = status }, language);
    }

    // the one that is asked for, the browser's, the form's first
    private static string LanguageOf(WebForm form, string? asked) =>
        asked is not null && form.Words.ContainsKey(asked) ? asked : form.Words.ContainsKey(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) ? CultureInfo.CurrentUICulture.TwoLetterISOLanguageName : form.Words.Keys.First();

    // one who has a whole network of addresses is one
    private static string Neighbourhood(IPAddress? address) => address switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.MapToIPv4().ToString(),
    };
}
