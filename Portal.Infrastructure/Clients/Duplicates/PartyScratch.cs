using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Portal.Domain.Clients.Matching;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>
/// What parties are recognised by, on disk: written once in one pass, read at random while pairs are compared. So a search keeps a number for each party in memory, and little else:
/// 24 bytes a party, and a bounded number of prepared ones. The file goes with the object, also when the process is killed.
/// </summary>
internal sealed class PartyScratch : IDisposable
{
    private const int MostPrepared = 40_000;

    private readonly SafeFileHandle file;
    private readonly List<Guid> ids = [];
    private readonly List<long> starts = [];
    private readonly MemoryStream pending = new();
    private System.Collections.Concurrent.ConcurrentDictionary<int, PartyForm> prepared = new();
    private long written;

    public PartyScratch()
    {
        var path = Path.Combine(Path.GetTempPath(), $"portal-parties-{Guid.NewGuid():n}");
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
    }

    /// <summary>Parties written.</summary>
    public int Count => ids.Count;

    /// <summary>Keys of all parties together.</summary>
    public long KeyCount { get; private set; }

    /// <summary>The id of a party.</summary>
    public Guid IdOf(int party) => ids[party];

    /// <summary>Writes a party; returns its number. Not for several at once.</summary>
    public int Add(Guid id, PartyDetails details, long[] keys)
    {
        starts.Add(written + pending.Length);
        ids.Add(id);
        KeyCount += keys.Length;
        using (var to = new BinaryWriter(pending, Encoding.UTF8, leaveOpen: true)) Write(to, details, keys);
        if (pending.Length > 1 << 20) Flush();
        return ids.Count - 1;
    }

    /// <summary>Everything is written; from now on parties are read, by several at once.</summary>
    public void Flush()
    {
        RandomAccess.Write(file, pending.GetBuffer().AsSpan(0, (int)pending.Length), written);
        written += pending.Length;
        pending.SetLength(0);
    }

    /// <summary>The keys of a party, ascending.</summary>
    public long[] KeysOf(int party) => Read(party, bytes => MemoryMarshal.Cast<byte, long>(bytes.AsSpan(4, BitConverter.ToInt32(bytes) * 8)).ToArray());

    /// <summary>A party prepared to be compared.</summary>
    public PartyForm FormOf(int party)
    {
        if (prepared.TryGetValue(party, out var known)) return known;
        // whoever is compared next is as likely new as known: all of them go at once
        if (prepared.Count > MostPrepared) prepared = new();
        var form = PartyForm.Of(Read(party, Details));
        prepared.TryAdd(party, form);
        return form;
    }

    public void Dispose() => file.Dispose();

    private T Read<T>(int party, Func<byte[], T> read)
    {
        var length = (int)((party + 1 < starts.Count ? starts[party + 1] : written) - starts[party]);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            RandomAccess.Read(file, bytes.AsSpan(0, length), starts[party]);
            return read(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void Write(BinaryWriter to, PartyDetails party, long[] keys)
    {
        to.Write(keys.Length);
        foreach (var key in keys) to.Write(key);
        to.Write(party.Name);
        Write(to, party.OtherNames, (w, name) => w.Write(name));
        to.Write(party.BirthDate?.DayNumber ?? -1);
        // numbers are read anew in the same country, and numbers without one as they were
        Write(to, party.TaxNumbers, (w, n) => { w.Write(n.Entered); Optional(w, n.Country); });
        Write(to, party.Phones, (w, n) => w.Write(n.Extension is { } extension ? $"{n.Normal}x{extension}" : n.Normal));
        Write(to, party.Mails, (w, m) => w.Write(m.Normal));
        Write(to, party.Contacts, (w, name) => w.Write(name));
        Write(to, party.Addresses, (w, a) =>
        {
            foreach (var part in new[] { a.Country, a.Region, a.City, a.Postcode, a.Street, a.House, a.Premise }) Optional(w, part);
        });
    }

    private static PartyDetails Details(byte[] bytes)
    {
        using var from = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        from.BaseStream.Position = 4 + from.ReadInt32() * 8L;
        return new()
        {
            Name = from.ReadString(),
            OtherNames = Many(from, r => r.ReadString()),
            BirthDate = from.ReadInt32() is >= 0 and var day ? DateOnly.FromDayNumber(day) : null,
            TaxNumbers = Many(from, r => TaxNumber.Of(r.ReadString(), Optional(r))),
            Phones = Many(from, r => PhoneNumber.Of(r.ReadString(), null)),
            Mails = Many(from, r => MailAddress.Of(r.ReadString())),
            Contacts = Many(from, r => r.ReadString()),
            Addresses = Many(from, r => new AddressParts
            {
                Country = Optional(r), Region = Optional(r), City = Optional(r), Postcode = Optional(r), Street = Optional(r), House = Optional(r), Premise = Optional(r),
            }),
        };
    }

    private static void Write<T>(BinaryWriter to, IReadOnlyList<T> items, Action<BinaryWriter, T> write)
    {
        to.Write7BitEncodedInt(items.Count);
        foreach (var item in items) write(to, item);
    }

    private static T[] Many<T>(BinaryReader from, Func<BinaryReader, T> read)
    {
        var items = new T[from.Read7BitEncodedInt()];
        for (var i = 0; i < items.Length; i++) items[i] = read(from);
        return items;
    }

    private static void Optional(BinaryWriter to, string? text) => to.Write(text ?? "");

    private static string? Optional(BinaryReader from) => from.ReadString() is { Length: > 0 } text ? text : null;
}
