using System.Collections.Concurrent;

namespace Portal.Web.Identity;

/// <summary>
/// Open circuits by user and by sign-in session, so that signing out in one tab, losing a role or being blocked
/// ends the others at once, and one user cannot hold the server's memory with thousands of circuits.
/// </summary>
public sealed class Sessions(TimeProvider time)
{
    /// <summary>Circuits one user may hold open; a person with many tabs has a dozen.</summary>
    public const int CircuitsPerUser = 60;

    /// <summary>How long a cookie holds without use.</summary>
    public static readonly TimeSpan CookieLife = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, DateTimeOffset> ended = new();
    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<object, (string Session, Action End)>> open = new();

    /// <summary>Notes an open circuit; null when the user has too many. Dispose it when the circuit ends.</summary>
    public IDisposable? TryOpen(Guid user, string session, Action end)
    {
        var circuits = open.GetOrAdd(user, _ => new());
        var key = new object();
        lock (circuits)
        {
            if (circuits.Count >= CircuitsPerUser) return null;
            circuits[key] = (session, end);
        }
        return new Noted(() =>
        {
            circuits.TryRemove(key, out _);
        });
    }

    /// <summary>Number of circuits open now.</summary>
    public int Count => open.Values.Sum(c => c.Count);

    /// <summary>Ends one sign-in: its circuits now, and its cookie wherever a copy of it turns up.</summary>
    public void EndSession(Guid user, string session)
    {
        var now = time.GetUtcNow();
        foreach (var (old, at) in ended)
            if (now - at > CookieLife) ended.TryRemove(old, out _);
        ended[session] = now;
        End(user, c => c.Session == session);
    }

    /// <summary>True when somebody signed out of this session; its cookie may still be on the way out of another tab.</summary>
    public bool HasEnded(string session) => ended.ContainsKey(session);

    /// <summary>Ends every circuit of a user.</summary>
    public void EndUser(Guid user) => End(user, _ => true);

    private void End(Guid user, Func<(string Session, Action End), bool> which)
    {
        if (!open.TryGetValue(user, out var circuits)) return;
        foreach (var circuit in circuits.Values.Where(which)) circuit.End();
    }

    private sealed class Noted(Action forget) : IDisposable
    {
        public void Dispose() => forget();
    }
}
