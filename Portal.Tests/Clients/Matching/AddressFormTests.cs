using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

public class AddressFormTests
{
    [Theory]
    [InlineData("просп. Перемоги", "peremogi", "avenue")]
    [InlineData("Перемоги пр-т", "peremogi", "avenue")]
    [InlineData("ул. Ленина", "lenina", "street")]
    [InlineData("улица Ленина", "lenina", "street")]
    [InlineData("Str. Florilor", "florilor", "street")]
    [InlineData("B-dul Ștefan cel Mare", "stefan cel mare", "avenue")]
    [InlineData("Jl. Merdeka", "merdeka", "street")]
    [InlineData("St James Street", "st james", "street")]
    [InlineData("Хрещатик", "khreshchatik", null)]
    public void Street_IsFreedOfItsKind(string street, string name, string? kind)
    {
        var form = AddressForm.Of(new() { Street = street });

        Assert.Equal((name, kind), (form.Street.Text, form.StreetKind));
    }

    [Theory]
    [InlineData("д. 12-А", "12a")]
    [InlineData("буд. 12 а", "12a")]
    [InlineData("12/3", "12/3")]
    [InlineData("12-3", "12/3")]
    [InlineData("дом 12 корпус 3", "12k3")]
    [InlineData("12к3", "12k3")]
    [InlineData("No. 7", "7")]
    public void House_HasOneForm(string house, string normal) => Assert.Equal(normal, AddressForm.Of(new() { House = house }).House);

    [Theory]
    [InlineData("м. Київ", "kiyiv")]
    [InlineData("г. Санкт-Петербург", "sankt peterburg")]
    [InlineData("Kota Bandung", "bandung")]
    public void City_IsFreedOfItsKind(string city, string normal) => Assert.Equal(normal, AddressForm.Of(new() { City = city }).City.Text);

    [Theory]
    [InlineData("вул. Хрещатик, буд. 22, кв. 5", "вул. Хрещатик", "22", "кв. 5")]
    [InlineData("12 Main Street", "Main Street", "12", null)]
    [InlineData("Jl. Merdeka No. 7", "Jl. Merdeka", "7", null)]
    [InlineData("Str. Florilor 4B", "Str. Florilor", "4B", null)]
    [InlineData("Хутір Зелений", "Хутір Зелений", null, null)]
    public void Line_IsTakenApart(string line, string street, string? house, string? premise)
    {
        var parts = AddressParts.OfStreetLine(line);

        Assert.Equal((street, house, premise), (parts.Street, parts.House, parts.Premise));
    }

    [Theory]
    [InlineData("Olena <Olena.V@Example.com>", "olena.v@example.com", null)]
    [InlineData("mailto:a.b+c@example.com", "a.b+c@example.com", null)]
    [InlineData("olena@", "olena@", "mail.form")]
    [InlineData("a b@example.com", "a b@example.com", "mail.form")]
    public void Mail_HasOneForm(string entered, string normal, string? fault)
    {
        var mail = MailAddress.Of(entered);

        Assert.Equal((normal, fault), (mail.Normal, mail.Fault));
    }
}
