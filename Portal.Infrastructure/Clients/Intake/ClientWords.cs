using System.Globalization;
using Portal.Domain.Clients;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>Words by which files name kinds, standings and purposes, in any of the five languages, whatever the case.</summary>
internal static class ClientWords
{
    private static readonly Dictionary<string, PartnerKinds> Kinds = Of(
        (PartnerKinds.Client, "client customer buyer клиент покупатель заказчик клієнт покупець замовник cumparator klien pelanggan pembeli"),
        (PartnerKinds.Supplier, "supplier vendor поставщик постачальник furnizor pemasok"),
        (PartnerKinds.Agent, "agent агент agen"),
        (PartnerKinds.Partner, "partner партнер партнёр partener mitra"),
        (PartnerKinds.Competitor, "competitor конкурент concurent pesaing"));

    private static readonly Dictionary<string, PartnerStanding> Standings = Of(
        (PartnerStanding.Prospect, "prospect lead потенциальный потенційний potential calon"),
        (PartnerStanding.Active, "active действующий активный активний діючий activ aktif"),
        (PartnerStanding.Lost, "lost потерян потерянный втрачений pierdut hilang"));

    private static readonly Dictionary<string, PlacePurposes> Purposes = Of(
        (PlacePurposes.Office, "office офис офіс birou kantor"),
        (PlacePurposes.Warehouse, "warehouse store склад depozit gudang"),
        (PlacePurposes.Shop, "shop outlet магазин magazin toko"),
        (PlacePurposes.Legal, "legal registered юридический юридична sediu terdaftar"));

    /// <summary>What a party is to us, several words parted by commas; null for a word nobody knows.</summary>
    public static PartnerKinds? KindsOf(string text) => Sum(text, Kinds) is { } sum ? (PartnerKinds)sum : null;

    /// <summary>How it stands to us.</summary>
    public static PartnerStanding? StandingOf(string text) => Standings.TryGetValue(ColumnMap.Normalised(text), out var standing) ? standing : null;

    /// <summary>What an address is used for, several words parted by commas.</summary>
    public static PlacePurposes? PurposesOf(string text) => Sum(text, Purposes) is { } sum ? (PlacePurposes)sum : null;

    private static int? Sum<T>(string text, Dictionary<string, T> words) where T : struct, Enum
    {
        var sum = 0;
        foreach (var word in text.Split([',', ';', '/', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // "registered address" and "юридический адрес" are known by their first word
            var normal = ColumnMap.Normalised(word);
            if (!words.TryGetValue(normal, out var value) && !words.TryGetValue(normal.Split(' ')[0], out value) && !words.TryGetValue(normal.Split(' ')[^1], out value)) return null;
            sum |= Convert.ToInt32(value, CultureInfo.InvariantCulture);
        }
        return sum;
    }

    private static Dictionary<string, T> Of<T>(params (T Value, string Words)[] values) =>
        values.SelectMany(v => v.Words.Split(' ').Select(word => (Word: ColumnMap.Normalised(word), v.Value))).DistinctBy(w => w.Word).ToDictionary(w => w.Word, w => w.Value);
}
