using Microsoft.Extensions.Configuration;

namespace Portal.Infrastructure.Mail;

/// <summary>Where people reach Portal: letters link there. Null while nobody has said; then letters carry no link.</summary>
public sealed record PublicAddress(Uri? Root)
{
    /// <summary>The setting's name.</summary>
    public const string Setting = "Portal:PublicAddress";

    /// <summary>Reads the setting <c>Portal:PublicAddress</c>, such as <c>https://portal.example.com</c>; a path is kept.</summary>
    /// <exception cref="InvalidOperationException">it is no absolute http or https address, or carries more than host and path</exception>
    public static PublicAddress Read(IConfiguration configuration)
    {
        if (configuration[Setting] is not { } text || string.IsNullOrWhiteSpace(text)) return new((Uri?)null);
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps
            || address.UserInfo != "" || address.Query != "" || address.Fragment != "")
            throw new InvalidOperationException($"{Setting} holds '{text}'. It takes an absolute http or https address without user, query or fragment, such as https://portal.example.com.");
        return new(address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"));
    }

    /// <summary>The full address of a page, or null while the setting is missing.</summary>
    /// <param name="page">path and query, without a leading slash</param>
    public string? Of(string page) => Root is null ? null : new Uri(Root, page).AbsoluteUri;
}
