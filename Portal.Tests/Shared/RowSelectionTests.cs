using Portal.Web.Shared;

namespace Portal.Tests.Shared;

public class RowSelectionTests
{
    private static readonly Guid[] Shown = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];

    [Fact]
    public void Press_WithShift_ChoosesTheRangeSinceTheLastPress()
    {
        var selection = new RowSelection();

        selection.Press(Shown[0], false, Shown);
        selection.Press(Shown[2], true, Shown);

        Assert.Equal(Shown[..3].Order(), selection.Chosen.Order());
    }

    [Fact]
    public void Drop_OfRowsThatAreShownNoLonger_LeavesTheOthersChosen()
    {
        var selection = new RowSelection();
        selection.PressAll(Shown);

        selection.Drop([Shown[1], Shown[3], Guid.NewGuid()]);

        Assert.Equal(new[] { Shown[0], Shown[2] }.Order(), selection.Chosen.Order());
    }
}
