using System.Runtime.InteropServices;

namespace Portal.Domain.Clients.Matching;

/// <summary>What the parties of one block have in common.</summary>
public enum BlockingPass : byte
{
    TaxNumber = 1, Phone, Mail, BirthDateAndInitial, TwoNameWords, OnlyNameWord, NameWordAndCity, NameWordAndPostcode, NameWordAndHouse, StreetAndHouse, StreetAndPostcode, StreetAndCity,
    WholeName, WholeAddress, JoinedName,
}

/// <summary>
/// Blocking: only parties that share a key are compared. Each party has several keys, so that no single error hides a duplicate. A key is a 64-bit number
/// (PostgreSQL <c>bigint</c>): the pass in the highest byte, a hash (FNV-1a) of the normal values in the rest. It depends on the values alone, so it can be
/// stored and indexed; words enter by the skeleton of their sound, so that most typing errors in vowels and any transliteration keep the key.
/// </summary>
public static class BlockingKeys
{
    /// <summary>The longest words of a name tell most of it.</summary>
    private const int MostWords = 4;

    /// <summary>The keys of a party, ascending, each once.</summary>
    public static long[] Of(PartyForm party)
    {
        var keys = new List<long>(16);
        foreach (var number in party.TaxNumbers) keys.Add(Key(BlockingPass.TaxNumber, number.Normal));
        foreach (var phone in party.Phones) keys.Add(Key(BlockingPass.Phone, phone.Tail));
        foreach (var mail in party.Mails) keys.Add(Key(BlockingPass.Mail, mail));

        foreach (var name in party.Names)
        {
            keys.Add(Key(BlockingPass.WholeName, string.Join(' ', name.Words.Select(word => word.Sound).Order(StringComparer.Ordinal))));
            // compound names are written in one or apart
            if (name.Whole.Sound.Length > 0) keys.Add(Key(BlockingPass.JoinedName, name.Whole.Sound));
            var words = Telling(name);
            if (words is [var only]) keys.Add(Key(BlockingPass.OnlyNameWord, only));
            for (var i = 0; i < words.Length; i++)
            {
                for (var j = i + 1; j < words.Length; j++) keys.Add(Pair(BlockingPass.TwoNameWords, words[i], words[j]));
                if (party.BirthDate is { } born) keys.Add(Key(BlockingPass.BirthDateAndInitial, words[i].AsSpan(0, 1), born.DayNumber));
                foreach (var address in party.Addresses) AddNameAndPlace(keys, words[i], address);
            }
        }
        foreach (var address in party.Addresses) AddStreet(keys, address);

        keys.Sort();
        return [.. keys.Distinct()];
    }

    /// <summary>The keys of a pass: from the first on, up to the second, which is none of them.</summary>
    public static (long Low, long High) RangeOf(BlockingPass pass) => ((long)pass << 56, ((long)pass + 1) << 56);

    /// <summary>The pass a key belongs to.</summary>
    public static BlockingPass PassOf(long key) => (BlockingPass)((ulong)key >> 56);

    private static void AddNameAndPlace(List<long> keys, string word, AddressForm address)
    {
        if (!address.City.IsEmpty) keys.Add(Key(BlockingPass.NameWordAndCity, word, address.City.Whole.Skeleton));
        if (address.Postcode.Length > 0) keys.Add(Key(BlockingPass.NameWordAndPostcode, word, address.Postcode));
        if (address.House.Length > 0) keys.Add(Key(BlockingPass.NameWordAndHouse, word, address.House));
    }

    private static void AddStreet(List<long> keys, AddressForm address)
    {
        if (address.Street.IsEmpty) return;
        var street = address.Street.Words.MaxBy(word => word.Letters.Length)!.Skeleton;
        if (address.House.Length > 0) keys.Add(Key(BlockingPass.StreetAndHouse, street, address.House));
        if (address.Postcode.Length > 0) keys.Add(Key(BlockingPass.StreetAndPostcode, street, address.Postcode));
        if (!address.City.IsEmpty) keys.Add(Key(BlockingPass.StreetAndCity, street, address.City.Whole.Skeleton));
        if (!address.City.IsEmpty && address.House.Length > 0) keys.Add(Key(BlockingPass.WholeAddress, $"{address.Street.Whole.Sound} {address.House} {address.Premise.Whole.Sound}", address.City.Whole.Sound));
    }

    private static string[] Telling(NameForm name) =>
        [.. name.Words.Where(word => word.Skeleton.Length > 0).OrderByDescending(word => word.Letters.Length).Select(word => word.Skeleton).Distinct().Take(MostWords)];

    private static long Pair(BlockingPass pass, string a, string b) => string.CompareOrdinal(a, b) < 0 ? Key(pass, a, b) : Key(pass, b, a);

    private static long Key(BlockingPass pass, ReadOnlySpan<char> a, ReadOnlySpan<char> b = default) => Key(pass, Hash(Hash(Start, a), "\n") is var half ? Hash(half, b) : 0);

    private static long Key(BlockingPass pass, ReadOnlySpan<char> a, int b) => Key(pass, Hash(Hash(Start, a), MemoryMarshal.Cast<int, char>([b])));

    private static long Key(BlockingPass pass, ulong hash) => (long)((ulong)pass << 56 | (hash ^ hash >> 56) & 0x00FF_FFFF_FFFF_FFFF);

    private const ulong Start = 14695981039346656037;

    private static ulong Hash(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var c in text) hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
