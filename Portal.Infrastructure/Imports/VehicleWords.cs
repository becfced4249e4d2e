namespace Portal.Infrastructure.Imports;

/// <summary>Headings under which files say which vehicle a row is of.</summary>
internal static class VehicleWords
{
    public static IReadOnlyList<string> Usual { get; } =
    [
        "vehicle", "vehicle id", "vehicle number", "cab", "cab id", "car", "car number", "taxi", "taxi id", "plate", "plate number", "license plate", "licence plate", "registration", "registration number", "medallion",
        "автомобиль", "номер автомобиля", "№ автомобиля", "машина", "номер машины", "№ машины", "авто", "номер авто", "№ авто", "госномер", "гос номер", "гос №", "регистрационный номер", "бортовой номер", "тс", "номер тс", "транспортное средство",
        "автомобіль", "номер автомобіля", "№ автомобіля", "автівка", "держномер", "держ номер", "державний номер", "номер машини", "№ машини", "реєстраційний номер", "бортовий номер", "тз", "номер тз", "транспортний засіб",
        "vehicul", "numar de inmatriculare", "numarul de inmatriculare", "nr inmatriculare", "masina", "numar masina", "nr masina", "auto", "numar auto", "nr auto", "autovehicul", "autoturism",
        "kendaraan", "nomor kendaraan", "no kendaraan", "mobil", "nomor mobil", "nomor polisi", "no polisi", "nopol", "pelat", "pelat nomor", "plat nomor", "no plat", "armada",
    ];
}
