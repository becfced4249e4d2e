namespace Portal.Domain.Shared;

/// <summary>What the product-wide search keeps of one object. <paramref name="Partner"/> is the partner whose people may see it, if any.</summary>
public sealed record SearchEntry(ObjectRef Object, string Title, string Text, Guid? Partner = null);

/// <summary>An object that Ctrl-K and <c>/</c> find; the save interceptor keeps its entry.</summary>
public interface ISearchable
{
    /// <summary>The entry as it should read now.</summary>
    SearchEntry Describe();
}
