using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>What the text field of the list looks for in a client, in the letters of <see cref="SearchLetters"/>, of the client and all that belongs to it. Triggers write it as a transaction commits.</summary>
public sealed class PartnerWords
{
    /// <summary>Id of the client. A plain one: a merge moves no words, they follow what it moves.</summary>
    public Guid Partner { get; private set; }

    /// <summary>Names and addresses, which every reader of the client knows, and what is heard of names.</summary>
    public string Open { get; private set; } = "";

    /// <summary>Phones, as they were written and their digits, and mails.</summary>
    public string Numbers { get; private set; } = "";

    /// <summary>Tax numbers.</summary>
    public string Taxes { get; private set; } = "";

    /// <summary>All of it, under one index.</summary>
    public string Words { get; private set; } = "";
}

internal sealed class PartnerWordsMapping : IEntityTypeConfiguration<PartnerWords>
{
    public void Configure(EntityTypeBuilder<PartnerWords> entity)
    {
        entity.InSchema("clients").NotAudited().HasWall(Wall.Internal);
        entity.HasKey(w => w.Partner);
        entity.Property(w => w.Words).ValueGeneratedOnAddOrUpdate();
    }
}

/// <summary>Clients whose words mean a typed text.</summary>
internal static class PartnerWordsSearch
{
    /// <summary>Those that hold it (<see cref="SearchWords.Readings"/>), or the digits of a phone in whatever format.</summary>
    public static IQueryable<PartnerWords> Holding(this IQueryable<PartnerWords> clients, string? text, ConfidentialFields hidden)
    {
        var readings = SearchWords.Readings(text);
        if (PhoneNumber.SearchDigits(text ?? "") is { } digits) readings = [.. readings, [[LikePattern.Containing(digits)]]];
        return clients.Where(SearchWords.Any(readings, Holds(hidden)));
    }

    /// <summary>Those that hold for every word one of its slips (<see cref="SearchWords.SlipsAsync"/>).</summary>
    public static IQueryable<PartnerWords> Slipping(this IQueryable<PartnerWords> clients, string[][] slips, ConfidentialFields hidden) => clients.Where(SearchWords.Any([slips], Holds(hidden)));

    // the index finds; what is hidden from the reader is not looked at then
    private static Func<string, Expression<Func<PartnerWords, bool>>> Holds(ConfidentialFields hidden)
    {
        var (numbers, taxes) = (!hidden.Has(ConfidentialFields.Phones | ConfidentialFields.Mails), !hidden.Has(ConfidentialFields.TaxNumbers));
        if (numbers && taxes) return pattern => w => EF.Functions.Like(w.Words, pattern, LikePattern.Escape);
        return pattern => w => EF.Functions.Like(w.Words, pattern, LikePattern.Escape)
            && (EF.Functions.Like(w.Open, pattern, LikePattern.Escape) || numbers && EF.Functions.Like(w.Numbers, pattern, LikePattern.Escape) || taxes && EF.Functions.Like(w.Taxes, pattern, LikePattern.Escape));
    }
}
