using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Components;
using Portal.Domain.Dispatch;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <summary>Sign and colour of a trip's state beside its word; lists, table, lanes and map carry the same.</summary>
internal static class TripStateLook
{
    private static readonly ConcurrentDictionary<(TripState, string Language), MarkupString> Chips = new();

    /// <summary>Sign and word inside the chip of a filter; one piece of markup for all readers of a language.</summary>
    public static MarkupString Chip(TripState state, Texts texts) => Chips.GetOrAdd((state, texts.Language), _ => new(
        $"""<span class="state-sign" aria-hidden="true">{Sign(state)}</span><span class="state-word">{WebUtility.HtmlEncode(texts[$"tripState.{state}"])}</span>"""));

    /// <summary>The sign.</summary>
    public static string Sign(TripState state) => state switch
    {
        TripState.Requested => "○",
        TripState.Assigned => "◔",
        TripState.Accepted => "◑",
        TripState.OnTheWay => "➤",
        TripState.Arrived => "⚑",
        TripState.OnBoard => "●",
        TripState.Completed => "✓",
        TripState.Cancelled => "⊘",
        TripState.NoShow => "⚠",
        _ => "✕",
    };

    /// <summary>Name of the colour's CSS variable.</summary>
    public static string Colour(TripState state) => state switch
    {
        TripState.Requested => "--slate",
        TripState.Assigned or TripState.Accepted => "--blue",
        TripState.OnTheWay => "--violet",
        TripState.Arrived => "--teal",
        TripState.OnBoard => "--green",
        TripState.NoShow => "--amber",
        TripState.Failed => "--red",
        _ => "--grey",
    };
}
