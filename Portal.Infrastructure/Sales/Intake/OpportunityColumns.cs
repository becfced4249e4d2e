using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>The columns of a file of deals, with the headings under which they come.</summary>
internal static class OpportunityColumns
{
    public static readonly IReadOnlyList<ImportColumn> All =
    [
        new("key", false, "opportunity id", "deal id", "opportunity number", "deal number", "number", "id", "номер сделки", "код сделки", "ид сделки", "номер", "номер угоди", "код угоди", "numar tranzactie", "id tranzactie", "nomor transaksi", "id transaksi"),
        new("title", false, "title", "deal", "deal name", "opportunity", "opportunity name", "subject", "сделка", "название сделки", "тема", "угода", "назва угоди", "tranzactie", "denumire tranzactie", "transaksi", "nama transaksi"),
        new("client", false, "account", "client", "customer", "company", "account name", "клиент", "контрагент", "компания", "клієнт", "контрагент", "компанія", "client", "companie", "klien", "pelanggan"),
        new("manager", false, "sales agent", "manager", "seller", "salesperson", "sales rep", "owner", "deal owner", "responsible", "менеджер", "продавец", "ответственный", "продавець", "відповідальний", "agent de vanzari", "vanzator", "responsabil", "penjual", "penanggung jawab"),
        new("product", false, "product", "product name", "item", "товар", "продукт", "номенклатура", "produs", "articol", "produk", "barang"),
        new("pipeline", false, "pipeline", "funnel", "sales pipeline", "направление", "направление продаж", "воронка", "воронка продаж", "напрям", "напрям продажів", "воронка продажів", "flux", "flux de vanzari", "palnie", "palnie de vanzari", "alur", "alur penjualan", "corong", "corong penjualan"),
        new("stage", true, "deal stage", "stage", "opportunity stage", "status", "state", "этап", "стадия", "этап сделки", "статус", "етап", "стадія", "етап угоди", "etapa", "stadiu", "stare", "tahap", "tahap transaksi"),
        new("opened", false, "engage date", "opened", "opened on", "open date", "created", "created on", "create date", "start date", "дата открытия", "открыта", "дата создания", "дата відкриття", "відкрита", "дата створення", "data deschiderii", "deschisa", "tanggal dibuka", "dibuka"),
        new("closed", false, "close date", "closed", "closed on", "closing date", "дата закрытия", "закрыта", "дата закриття", "закрита", "data inchiderii", "inchisa", "tanggal ditutup", "ditutup"),
        new("expected", false, "expected close", "expected close date", "expected closing", "forecast date", "ожидаемое закрытие", "ожидаемая дата", "очікуване закриття", "очікувана дата", "inchidere estimata", "data estimata", "perkiraan penutupan"),
        new("amount", false, "close value", "amount", "value", "sum", "deal value", "revenue", "сумма", "сумма сделки", "стоимость", "сума", "сума угоди", "вартість", "suma", "valoare", "jumlah", "nilai"),
        new("currency", false, "currency", "валюта", "valuta", "moneda", "mata uang"),
        new("source", false, "source", "lead source", "advertising source", "источник", "джерело", "sursa", "sumber"),
        new("loss-reason", false, "loss reason", "lost reason", "reason lost", "reason", "причина потери", "причина отказа", "причина втрати", "причина відмови", "motivul pierderii", "motiv", "alasan gagal", "alasan"),
        new("note", false, "note", "comment", "loss note", "примечание", "комментарий", "примітка", "коментар", "nota", "comentariu", "catatan"),
    ];

    /// <summary>How files say that a deal was won, and that it was lost.</summary>
    private static readonly HashSet<string> WonWords = [.. Words("won|closed won|win|выиграна|выиграно|успешна|успех|закрыта успешно|виграна|виграно|успішна|успіх|castigata|castigat|reusita|menang|berhasil")],
        LostWords = [.. Words("lost|closed lost|проиграна|проиграно|потеряна|отказ|закрыта неуспешно|програна|програно|втрачена|відмова|pierduta|pierdut|esuata|kalah|gagal")];

    /// <summary>Whether a word of the stage column says that the deal was won (true) or lost (false); null where it names a stage.</summary>
    public static bool? Outcome(string stage) => ColumnMap.Normalised(stage) is var word && WonWords.Contains(word) ? true : LostWords.Contains(word) ? false : null;

    private static IEnumerable<string> Words(string words) => words.Split('|').Select(ColumnMap.Normalised);
}
