namespace Portal.Domain.Clients.Matching;

/// <summary>Legal forms of companies and sole traders, which say nothing of who is meant.</summary>
public static class LegalForms
{
    private const int LongestPhrase = 6;

    private static readonly string[] Known =
    [
        // Russia
        "ООО", "АО", "ЗАО", "ОАО", "ПАО", "НАО", "НПАО", "ОДО", "ИП", "ЧП", "ПБОЮЛ", "КФХ", "АНО", "НКО", "ФГУП", "ГУП", "МУП", "ФГБУ", "ГБУ", "МБУ", "ТСЖ", "СНТ",
        "Общество с ограниченной ответственностью", "Акционерное общество", "Закрытое акционерное общество", "Открытое акционерное общество",
        "Публичное акционерное общество", "Индивидуальный предприниматель", "Частный предприниматель", "Частное предприятие",
        // Ukraine
        "ТОВ", "ТзОВ", "АТ", "ПАТ", "ПрАТ", "ВАТ", "ЗАТ", "ФОП", "СПД", "ПП", "ДП", "КП", "МП", "ТДВ", "СФГ", "ОСББ",
        "Товариство з обмеженою відповідальністю", "Акціонерне товариство", "Приватне акціонерне товариство", "Публічне акціонерне товариство",
        "Відкрите акціонерне товариство", "Закрите акціонерне товариство", "Фізична особа підприємець", "Приватне підприємство", "Державне підприємство", "Комунальне підприємство",
        // Romania, Moldova
        "SRL", "SA", "SC", "SNC", "SCS", "SCA", "PFA", "ÎI", "IF", "RA", "ÎS", "ÎM", "ÎCS", "GȚ", "SRL-D",
        "Societate cu răspundere limitată", "Societatea cu răspundere limitată", "Societate comercială", "Societatea comercială", "Societate pe acțiuni",
        "Persoană fizică autorizată", "Întreprindere individuală", "Întreprinderea individuală", "Întreprinderea de stat",
        // Indonesia
        "PT", "CV", "UD", "PD", "Tbk", "Persero", "Perum", "Perumda", "Firma", "Koperasi", "Yayasan", "Perseroan Terbatas", "Perseroan Komanditer", "Usaha Dagang",
        // elsewhere
        "Ltd", "Limited", "LLC", "LLP", "LP", "PLC", "Inc", "Incorporated", "Corp", "Corporation", "Co", "Company", "Pty", "Pte", "Limited Liability Company",
        "GmbH", "mbH", "AG", "KG", "OHG", "UG", "eK", "SARL", "SAS", "SASU", "EURL", "SpA", "BV", "NV", "AB", "AS", "ApS", "Oy", "Oyj", "OÜ", "SIA", "UAB",
        "sp z o o", "sro", "doo", "Kft", "EOOD", "OOD", "Sdn Bhd", "Bhd",
    ];

    // Two letters with dots between them are as often somebody's initials; of these forms alone are they not.
    private static readonly HashSet<string> Dotted = ["sa", "sc", "pt", "cv", "ip", "ud"];

    private static readonly HashSet<string> Forms = [.. Known.Select(TextFold.Joined)];

    /// <summary>
    /// The words of a name without its legal forms: at both ends any form, written in one, with dots or in full; between other words only those of three
    /// letters and more. A name that consists of nothing else stays.
    /// </summary>
    /// <param name="words">Folded words, as <see cref="TextFold.Words"/> gives them.</param>
    public static string[] Strip(string[] words)
    {
        var left = words.ToList();
        for (var at = 0; at < left.Count;)
        {
            var length = FormAt(left, at);
            var edge = at == 0 || at + length == left.Count;
            if (length == 0 || length == left.Count || (!edge && string.Concat(left.GetRange(at, length)).Length < 3)) at++;
            else
            {
                left.RemoveRange(at, length);
                // What stood before may have become the name's end.
                at = 0;
            }
        }
        return left.Count == words.Length ? words : [.. left];
    }

    private static int FormAt(List<string> words, int at)
    {
        for (var length = Math.Min(LongestPhrase, words.Count - at); length > 0; length--)
        {
            var phrase = length == 1 ? words[at] : string.Concat(words.GetRange(at, length));
            if (!Forms.Contains(phrase)) continue;
            if (length == 1 || phrase.Length > length || phrase.Length > 2 || Dotted.Contains(phrase)) return length;
        }
        return 0;
    }
}
