using System.Collections.Concurrent;

namespace Portal.Web.Identity;

/// <summary>
/// Open circuits by user and by sign-in session, so that signing out in one tab, losing a role or being blocked
/// ends the others at once, and one user cannot hold the server's memory with thousands of circuits.
/// </summary>
public sealed class Sessions
{
    /// <summary>Circuits one user may hold open; a person with many tabs has a dozen.</summary>
    public const int CircuitsPerUser = 60;

    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<object, (string Session, Action End)>> open = new();

    /// <summary>Notes an open circuit; null when the user has too many. Dispose it when the circuit ends.</summary>
    public IDisposable? TryOpen(Guid user, string session, Action end)
    {
        var circuits = open.GetOrAdd(user, _ => new());
        if (circuits.Count >= CircuitsPerUser) return null;
        var key = new object();
        circuits[key] = (session, end);
        return new Noted(() =>
        {
            circuits.TryRemove(key, out _);
        });
    }

    /// <summary>Number of circuits open now.</summary>
    public int Count => open.Values.Sum(c => c.Count);

    /// <summary>Ends every circuit of one sign-in.</summary>
    public void EndSession(Guid user, string session) => End(user, c => c.Session == session);

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
