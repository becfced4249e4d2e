using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>A place whose leads go to somebody, or are shared by a team.</summary>
public sealed class LeadTerritory
{
    private LeadTerritory() { }

    /// <summary>Adds a place.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="Describe"/></exception>
    public LeadTerritory(LeadTerritoryId id, string words, Guid? manager, TeamId? team, int position)
    {
        (Id, Position) = (id, position);
        Describe(words, manager, team);
    }

    public LeadTerritoryId Id { get; private set; }
    /// <summary>Regions and towns as they may be written, between commas.</summary>
    public string Words { get; private set; } = "";
    public Guid? Manager { get; private set; }
    public TeamId? Team { get; private set; }
    /// <summary>Its turn among the places, from 1.</summary>
    public int Position { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Says which places are meant and whose they are: a manager's or a team's.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>leads.territory-whose</c></exception>
    public void Describe(string words, Guid? manager, TeamId? team)
    {
        if (manager is null == team is null) throw new RuleBrokenException("leads.territory-whose");
        (Words, Manager, Team) = (Required.Text(words, "territory.words", 500), manager, team);
    }

    /// <summary>Sets its turn, from 1.</summary>
    public void Place(int position) => Position = position;

    /// <summary>Whether somebody who writes so means a place of these: all words of one of them, in whichever alphabet.</summary>
    public static bool Means(string words, string? written)
    {
        var told = TextFold.Words(written);
        return told.Length > 0 && words.Split([',', ';', '\n']).Select(TextFold.Words).Any(place => place.Length > 0 && place.All(told.Contains));
    }
}

/// <summary>Somebody who may get a lead.</summary>
/// <param name="OpenLeads">how many he works on</param>
/// <param name="LastGiven">when he got the last one; null for never</param>
/// <param name="Leads">he gives leads to others: of what everybody shares he gets something only where there is nobody else</param>
public sealed record LeadSeller(Guid User, IReadOnlyCollection<TeamId> Teams, int OpenLeads, DateTimeOffset? LastGiven, bool Leads = false);

/// <summary>A place and whose its leads are.</summary>
public sealed record TerritoryRule(string Words, Guid? Manager, TeamId? Team);

/// <summary>What of a lead decides whose it is.</summary>
/// <param name="Chosen">whom the client asked for</param>
/// <param name="PartnersManager">who answers for the client already</param>
public sealed record LeadToGive(Guid? Chosen, Guid? PartnersManager, string? Territory);

/// <summary>Whose a lead is and why.</summary>
/// <param name="Words">the place that decided; null where none did</param>
public sealed record LeadGiven(Guid? Manager, LeadRoute Route, string? Words = null);

/// <summary>Finds the manager of a new lead.</summary>
public static class LeadDistribution
{
    /// <summary>The first way that leads to somebody who may get it decides; what nobody gets waits for a head.</summary>
    /// <param name="order">the ways, in the order in which they are asked</param>
    /// <param name="team">who shares what nothing else decides; null is everybody</param>
    /// <param name="sellers">who may get it</param>
    public static LeadGiven Choose(LeadToGive lead, IReadOnlyList<LeadRoute> order, IReadOnlyList<TerritoryRule> territories, TeamId? team, IReadOnlyList<LeadSeller> sellers)
    {
        foreach (var way in order)
        {
            var given = way switch
            {
                LeadRoute.Choice => Named(lead.Chosen, way),
                LeadRoute.Partner => Named(lead.PartnersManager, way),
                LeadRoute.Territory => ByTerritory(),
                LeadRoute.Load => Least(team) is { } least ? new(least, way) : null,
                _ => null,
            };
            if (given is not null) return given;
        }
        return new(null, LeadRoute.Nobody);

        LeadGiven? Named(Guid? user, LeadRoute way) => user is { } id && sellers.Any(s => s.User == id) ? new(id, way) : null;

        LeadGiven? ByTerritory()
        {
            foreach (var rule in territories.Where(t => LeadTerritory.Means(t.Words, lead.Territory)))
            {
                if (rule.Manager is { } manager && sellers.Any(s => s.User == manager)) return new(manager, LeadRoute.Territory, rule.Words);
                if (rule.Team is { } its && Least(its) is { } least) return new(least, LeadRoute.Territory, rule.Words);
            }
            return null;
        }

        // of those who have least to do, who got one longest ago
        Guid? Least(TeamId? of) => sellers.Where(s => of is not { } id || s.Teams.Contains(id)).OrderBy(s => of is null && s.Leads).ThenBy(s => s.OpenLeads).ThenBy(s => s.LastGiven ?? DateTimeOffset.MinValue).ThenBy(s => s.User)
            .Select(s => (Guid?)s.User).FirstOrDefault();
    }
}
