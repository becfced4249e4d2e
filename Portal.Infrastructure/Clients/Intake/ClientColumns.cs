using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>The columns of a file of clients, with the headings under which they come in five languages and in the files of the Febrl generator.</summary>
internal static class ClientColumns
{
    public static readonly IReadOnlyList<ImportColumn> All =
    [
        new("key", false, "client code", "customer code", "client id", "customer id", "code", "id", "rec id", "external id", "код клиента", "код контрагента", "код", "ид", "код клієнта", "код контрагента",
            "cod client", "cod", "kode klien", "kode pelanggan", "kode"),
        new("name", false, "client", "client name", "customer", "customer name", "company", "company name", "name", "account", "клиент", "название", "наименование", "контрагент", "компания", "организация",
            "клієнт", "назва", "компанія", "організація", "denumire", "nume client", "companie", "firma", "klien", "pelanggan", "nama", "nama klien", "perusahaan", "название клиента", "назва клієнта", "denumirea clientului"),
        new("kinds", false, "kind", "kinds", "type", "relation", "role to us", "тип", "вид", "кто это", "тип контрагента", "вид контрагента", "тип контрагента", "хто це", "tip", "fel", "jenis", "jenis mitra", "what it is to us", "кто это для нас", "хто це для нас", "ce este pentru noi", "jenis hubungan", "relationship", "тип отношений", "тип відносин", "tip de relație"),
        new("standing", false, "standing", "status", "state of client", "статус", "состояние", "стан", "stare", "statut", "status klien"),
        new("legal-name", false, "legal name", "legal entity", "registered name", "юридическое лицо", "юрлицо", "полное наименование", "юридична особа", "юрособа", "повна назва", "persoana juridica", "entitatea juridica", "entitate juridica",
            "denumire juridica", "badan hukum", "nama badan hukum"),
        new("tax-number", false, "tax number", "tax id", "vat number", "vat id", "vat", "tin", "soc sec id", "инн", "єдрпоу", "рнокпп", "іпн", "код єдрпоу", "податковий номер", "налоговый номер", "cui", "cif", "cod fiscal",
            "idno", "idnp", "npwp", "nik", "nomor pajak"),
        new("register-number", false, "register number", "registration number", "trade register", "кпп", "огрн", "рег номер", "регистрационный номер", "реєстраційний номер", "nr registrul comertului", "numar de inregistrare",
            "nib", "nomor registrasi"),
        new("country", false, "country", "country code", "страна", "код страны", "країна", "код країни", "tara", "cod tara", "negara", "kode negara"),
        new("legal-address", false, "legal address", "registered address", "юридический адрес", "юрадрес", "юридична адреса", "sediu social", "adresa juridica", "alamat terdaftar", "sediul social"),
        new("phone", false, "phone", "phones", "phone number", "telephone", "client phone", "company phone", "телефон", "телефоны", "телефон клиента", "телефони", "телефон клієнта", "telefon", "telefoane", "telepon", "nomor telepon"),
        new("email", false, "mail", "email", "e mail", "mail address", "client email", "почта", "эл почта", "электронная почта", "пошта", "ел пошта", "електронна пошта", "posta electronica", "surel"),
        new("website", false, "website", "web site", "web", "site", "url", "сайт", "вебсайт", "site web", "pagina web", "situs", "situs web"),
        new("contact", false, "contact", "contact person", "contact name", "person", "full name", "контакт", "контактное лицо", "фио", "контактна особа", "піб", "persoana de contact", "contact nume", "kontak", "narahubung"),
        new("given-name", false, "given name", "first name", "имя", "ім'я", "prenume", "nama depan"),
        new("surname", false, "surname", "last name", "family name", "фамилия", "прізвище", "nume", "nume de familie", "nama belakang"),
        new("contact-role", false, "contact role", "position", "job title", "title", "роль контакта", "должность", "роль контакту", "посада", "rol contact", "functie", "peran kontak", "jabatan", "role of the contact", "роль контактного лица", "роль контактної особи", "rolul persoanei", "peran narahubung"),
        new("contact-phone", false, "contact phone", "person phone", "mobile", "mobile phone", "телефон контакта", "мобильный", "мобильный телефон", "телефон контакту", "мобільний", "telefon contact", "mobil", "telepon kontak", "ponsel", "phone of the contact", "телефон контактного лица", "телефон контактної особи", "telefonul persoanei", "telepon narahubung"),
        new("contact-email", false, "contact mail", "contact email", "person email", "почта контакта", "пошта контакту", "email contact", "e mail contact", "email kontak", "surel kontak", "mail of the contact", "почта контактного лица", "пошта контактної особи", "e-mailul persoanei", "surel narahubung", "e-mail of the contact", "эл. почта контактного лица", "ел. пошта контактної особи"),
        new("birth-date", false, "birth date", "date of birth", "birthday", "born", "дата рождения", "день рождения", "дата народження", "день народження", "data nasterii", "tanggal lahir"),
        new("place", false, "place", "place name", "address name", "место", "точка", "название адреса", "місце", "назва адреси", "loc", "denumire adresa", "tempat", "nama tempat", "name of the address", "denumirea adresei", "nama alamat"),
        new("purposes", false, "purpose", "address kind", "address type", "назначение адреса", "тип адреса", "вид адреса", "призначення адреси", "тип адреси", "tip adresa", "jenis alamat", "address used for", "destinația adresei", "kegunaan alamat"),
        new("address", false, "address", "full address", "address line", "адрес", "полный адрес", "адреса", "повна адреса", "adresa", "adresa completa", "alamat", "alamat lengkap", "address in one line", "адрес одной строкой", "адреса одним рядком", "adresa pe un rând", "alamat satu baris"),
        new("postcode", false, "postcode", "post code", "zip", "zip code", "postal code", "индекс", "почтовый индекс", "індекс", "поштовий індекс", "cod postal", "kode pos"),
        new("region", false, "region", "state", "province", "oblast", "область", "регион", "край", "регіон", "judet", "raion", "provinsi", "județ, raion"),
        new("town", false, "town", "city", "suburb", "locality", "город", "населенный пункт", "місто", "населений пункт", "oras", "localitate", "kota"),
        new("street", false, "street", "address 1", "street name", "улица", "вулиця", "strada", "jalan"),
        new("house", false, "house", "street number", "house number", "building", "дом", "номер дома", "будинок", "номер будинку", "numar", "nr", "nomor rumah"),
        new("premise", false, "premise", "office", "flat", "apartment", "suite", "unit", "address 2", "офис", "квартира", "офис квартира", "офіс", "офіс квартира", "birou", "apartament", "birou apartament", "kantor", "kantor unit", "office, flat"),
        new("latitude", false, "latitude", "lat", "широта", "latitudine", "lintang"),
        new("longitude", false, "longitude", "lon", "lng", "долгота", "довгота", "longitudine", "bujur"),
        new("door", false, "door", "gate", "entrance", "ворота", "подъезд", "вход", "вхід", "під'їзд", "usa", "intrare", "pintu"),
        new("access-note", false, "access note", "access", "how to get in", "как попасть", "проезд", "заметка о доступе", "як потрапити", "проїзд", "примітка про доступ", "acces", "nota de acces", "catatan akses", "akses", "cum se intră", "cara masuk"),
        new("responsible", false, "responsible", "owner", "manager", "account manager", "responsible person", "responsible manager", "sales manager", "salesperson", "ответственный", "менеджер", "ответственный менеджер", "ответственное лицо", "ответственный сотрудник",
            "менеджер по продажам", "відповідальний", "менеджер", "відповідальний менеджер", "відповідальна особа", "менеджер з продажу", "responsabil", "manager", "manager responsabil", "persoana responsabila", "manager de vanzari",
            "penanggung jawab", "manajer", "manajer penanggung jawab", "manajer penjualan"),
        new("tags", false, "tags", "labels", "groups", "метки", "теги", "группы", "мітки", "групи", "etichete", "tanda", "label"),
        new("note", false, "note", "notes", "comment", "remarks", "примечание", "комментарий", "заметка", "примітка", "коментар", "нотатка", "nota", "observatii", "catatan", "keterangan"),
    ];
}
