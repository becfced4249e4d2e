using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>One of a list of terms that a company keeps, such as its sources: some are the product's, others its own.</summary>
public interface INamedTerm
{
    /// <summary>What forms, maps, files and programs call it; unique among its like.</summary>
    string Key { get; }
    /// <summary>Place in lists, from 1.</summary>
    int Position { get; }

    /// <summary>Gives it a name of the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    void Rename(string name);

    /// <summary>Takes it out of what is offered.</summary>
    void Archive();

    /// <summary>Offers it again.</summary>
    void Restore();
}
