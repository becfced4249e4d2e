using Portal.Domain.Clients.Matching;

namespace Portal.Tests.Clients.Matching;

public class LegalFormsTests
{
    [Theory]
    [InlineData("ООО «Ромашка»", "romashka")]
    [InlineData("Ромашка, ООО", "romashka")]
    [InlineData("OOO Romashka", "romashka")]
    [InlineData("Общество с ограниченной ответственностью \"Ромашка\"", "romashka")]
    [InlineData("Товариство з обмеженою відповідальністю «Калина»", "kalina")]
    [InlineData("ТзОВ Калина", "kalina")]
    [InlineData("ПАТ «Калина»", "kalina")]
    [InlineData("ФОП Іваненко О. П.", "ivanenko o p")]
    [InlineData("ИП Сидоров", "sidorov")]
    [InlineData("S.C. Floarea S.R.L.", "floarea")]
    [InlineData("Floarea SA", "floarea")]
    [InlineData("PT. Bunga Indah Tbk", "bunga indah")]
    [InlineData("CV Bunga", "bunga")]
    [InlineData("Daisy Trading Ltd.", "daisy trading")]
    [InlineData("Daisy L.L.C.", "daisy")]
    [InlineData("Daisy GmbH & Co. KG", "daisy")]
    [InlineData("Торговый дом ООО Ромашка", "torgovyy dom romashka")]
    public void LegalForm_WhereverItStands_IsIgnored(string name, string normal) => Assert.Equal(normal, NameForm.Of(name).Text);

    [Theory]
    [InlineData("PT", "pt")]
    [InlineData("Bread as Art", "bread as art")]
    [InlineData("А. О. Петров", "a o petrov")]
    [InlineData("Ромашка АО Сервис", "romashka ao servis")]
    public void Words_ThatOnlyLookLikeOne_Stay(string name, string normal) => Assert.Equal(normal, NameForm.Of(name).Text);
}
