using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;

namespace Portal.Web.Pricing;

/// <summary>Products as the box that finds objects shows them.</summary>
internal static class ProductLookup
{
    /// <summary>A product as a row of the box.</summary>
    public static SearchRow Row(ProductHint hint) => new() { Kind = ObjectKind.Product, ObjectId = hint.Id.Value, Title = $"{hint.Code} {hint.Name}" };
}
