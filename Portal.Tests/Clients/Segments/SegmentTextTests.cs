using Portal.Infrastructure.Clients.Completeness;
using Portal.Infrastructure.Clients.Segments;
using Portal.Tests.Architecture;
using Portal.Tests.Support;
using Portal.Web.Clients.Segments;

namespace Portal.Tests.Clients.Segments;

/// <summary>Whoever adds a field or a choice gives it words.</summary>
public sealed class SegmentTextTests
{
    private static readonly HashSet<string> Known = [.. TextFile.All.SelectMany(file => file.Keys)];

    [Fact]
    public void Fields_AndTheirChoices_HaveTexts() =>
        Check.None(SegmentFields.All.SelectMany(field => field.Options.Select(SegmentChoices.KeyOf).Append($"field.segment.{field.Code}"))
            .Concat(CompletenessQuery.Fields.Select(field => $"completeness.part.{field}")).Except(Known));
}
