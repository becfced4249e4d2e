using System.Xml.Linq;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Checks;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Operaton;

/// <summary>Event scenarios of the Operaton set.</summary>
public sealed class OperatonEventTests
{
    private static PaperRunner Runner(params string[] files) => new([.. files.Select(f => OperatonModel.Process($"event/{f}"))]);

    [SharedDataFact(OperatonModel.Folder)]
    public void IntermediateTimer()
    {
        var runner = Runner("timer/IntermediateTimerEventTest.testCatchingTimerEvent.bpmn20.xml");
        runner.Start("intermediateTimerEventExample");
        Assert.Single(runner.Jobs);
        runner.Advance(TimeSpan.FromMinutes(50) + TimeSpan.FromSeconds(5));
        Assert.Empty(runner.Jobs);
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void BoundaryTimers_EarliestWins()
    {
        var runner = Runner("timer/BoundaryTimerEventTest.testMultipleTimersOnUserTask.bpmn20.xml");
        runner.Start("multipleTimersOnUserTask");
        Assert.Equal(3, runner.Jobs.Count);
        runner.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(5));
        Assert.Empty(runner.Jobs);
        Assert.Equal(["Third Task"], runner.Open);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void NonInterruptingTimers()
    {
        var runner = Runner("timer/BoundaryTimerNonInterruptingEventTest.testMultipleTimersOnUserTask.bpmn20.xml");
        runner.Start("nonInterruptingTimersOnUserTask");
        Assert.Equal(2, runner.Jobs.Count);
        runner.Advance(TimeSpan.FromHours(1));
        Assert.Single(runner.Jobs);
        Assert.Equal(["Escalation Task 1", "First Task"], runner.Open);
        runner.Complete("Escalation Task 1");
        Assert.Equal(["First Task"], runner.Open);
        runner.Advance(TimeSpan.FromHours(1));
        Assert.Empty(runner.Jobs);
        Assert.Equal(["Escalation Task 2", "First Task"], runner.Open);
        runner.Complete("First Task");
        Assert.Equal(["Escalation Task 2"], runner.Open);
        runner.Complete("Escalation Task 2");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void NonInterruptingCycle_StopsWithItsHost()
    {
        var runner = Runner("timer/BoundaryTimerNonInterruptingEventTest.testTimerWithCycle.bpmn20.xml");
        runner.Start("nonInterruptingCycle");
        int Fired() => runner.Tasks.Count(t => t.Task.Node == "timerFiredTask");
        Assert.Equal(0, Fired());
        runner.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, Fired());
        runner.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, Fired());
        runner.Complete("task");
        runner.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, Fired());
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void StartTimer_StartsOneInstance()
    {
        var map = OperatonModel.Process("event/timer/StartTimerEventTest.testDurationStartTimerEvent.bpmn20.xml");
        var runner = new PaperRunner(map);
        var trigger = Assert.Single(StartTriggers.Of(map, runner.Now));
        Assert.Equal(runner.Now + TimeSpan.FromMinutes(5), trigger.Timer!.Due);
        runner.Advance(TimeSpan.FromMinutes(5));
        runner.Start(map.Key, trigger.Node);
        Assert.Null(Timers.Next(trigger.Timer, runner.Now));
        Assert.Single(runner.Instances);
        Assert.Empty(runner.Jobs);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void StartTimer_BelongsToTheNewestVersion()
    {
        var path = "event/timer/StartTimerEventTest.testVersionUpgradeShouldCancelJobs.bpmn20.xml";
        var document = OperatonAdapter.Read(SharedData.File($"{OperatonModel.Folder}/{path}"));
        foreach (var attribute in document.Xml.Descendants().Attributes().Where(a => a.Value == "beforeChange").ToList()) attribute.Value = "changed";
        var newer = document.ToMap().Process;
        var runner = new PaperRunner(OperatonModel.Process(path));
        runner.Publish(newer);
        var trigger = Assert.Single(StartTriggers.Of(newer, runner.Now));
        runner.Advance(TimeSpan.FromMinutes(5));
        Assert.True(trigger.Timer!.Due <= runner.Now);
        var state = runner.Start(newer.Key, trigger.Node);
        Assert.Equal(["changed"], runner.Waiting(state));
        Assert.Equal(runner.Now + TimeSpan.FromMinutes(5), Timers.Next(trigger.Timer, runner.Now)!.Due);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void MessageStart_ByMessageAndByKey()
    {
        var map = OperatonModel.Process("event/message/MessageStartEventTest.testSingleMessageStartEvent.bpmn20.xml");
        var runner = new PaperRunner(map);
        var trigger = Assert.Single(StartTriggers.Of(map, runner.Now));
        Assert.Equal("newInvoiceMessage", trigger.Message);
        foreach (var node in new[] { trigger.Node, null })
        {
            runner.Start(map.Key, node);
            runner.Complete(Assert.Single(runner.Tasks).Task.Node);
            Assert.True(runner.AllEnded);
        }
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void ConcurrentMessages_MeetOneSubscriptionEach()
    {
        var runner = Runner("message/MessageIntermediateEventTest.testConcurrentIntermediateMessageEvent.bpmn20.xml");
        var state = runner.Start("process");
        Assert.Equal(["messageCatch1", "messageCatch2"], runner.Waiting(state));
        Assert.Equal(2, runner.Subscriptions.Count);
        runner.Message("newInvoiceMessage");
        Assert.Empty(runner.Tasks);
        runner.Message("newInvoiceMessage");
        Assert.Single(runner.Tasks);
        runner.Complete("task");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void BoundaryMessage_InterruptsOrGoesWithTheTask()
    {
        foreach (var byMessage in new[] { true, false })
        {
            var runner = Runner("message/MessageBoundaryEventTest.testSingleBoundaryMessageEvent.bpmn20.xml");
            runner.Start("process");
            if (byMessage) runner.Message("messageName");
            else runner.Complete("task");
            Assert.Empty(runner.Subscriptions);
            var after = byMessage ? "taskAfterMessage" : "taskAfterTask";
            Assert.Equal(after, Assert.Single(runner.Tasks).Task.Node);
            runner.Complete(after);
            Assert.True(runner.AllEnded);
        }
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void NonInterruptingBoundaryMessage_Survives()
    {
        var runner = Runner("message/MessageNonInterruptingBoundaryEventTest.testSingleNonInterruptingBoundaryMessageEvent.bpmn20.xml");
        runner.Start("process");
        for (var i = 0; i < 2; i++)
        {
            runner.Message("messageName");
            Assert.Equal(2, runner.Tasks.Count);
            Assert.Single(runner.Subscriptions);
            runner.Complete("taskAfterMessage");
        }
        runner.Complete("task");
        Assert.Empty(runner.Subscriptions);
        runner.Complete("taskAfterTask");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void Signal_ReachesEveryCatch()
    {
        var runner = Runner("signal/SignalEventTests.catchAlertSignal.bpmn20.xml", "signal/SignalEventTests.throwAlertSignal.bpmn20.xml");
        runner.Start("catchSignal");
        Assert.Single(runner.Subscriptions);
        runner.Start("throwSignal");
        Assert.Empty(runner.Subscriptions);
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void Error_IsCaughtOnTheSubProcess()
    {
        var runner = Runner("error/BoundaryErrorEventTest.testCatchErrorOnEmbeddedSubprocess.bpmn20.xml");
        runner.Start("boundaryErrorOnEmbeddedSubprocess");
        runner.Complete("subprocessTask");
        Assert.Equal(["task after catching the error"], runner.Open);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void Error_CrossesACall()
    {
        var runner = Runner("error/BoundaryErrorEventTest.testCatchErrorOnCallActivity-parent.bpmn20.xml", "error/BoundaryErrorEventTest.subprocess.bpmn20.xml");
        runner.Start("catchErrorOnCallActivity");
        runner.Complete("Task in subprocess");
        Assert.Equal(["Escalated Task"], runner.Open);
        Assert.Contains(runner.Instances.Values, i => i.Status == InstanceStatus.Failed);
        runner.Complete("Escalated Task");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void EventSubProcess_IsRefusedByName()
    {
        var findings = MapCheck.Of(OperatonModel.Read("event/error/ErrorEventSubProcessTest.testCatchErrorInEmbeddedSubProcess.bpmn20.xml"));
        Assert.Contains(findings, f => f.Code == "map.unsupported-setting" && f.ElementId == "eventSubProcess" && f.Args.Contains("triggeredByEvent"));
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void Escalation_NonInterrupting()
    {
        var runner = Runner("escalation/EscalationEventTest.testThrowEscalationEventFromEmbeddedSubprocess.bpmn20.xml");
        runner.Start("escalationProcess");
        Assert.Equal(["task after catched escalation", "task in subprocess"], runner.Open);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void Escalation_Interrupting()
    {
        var runner = Runner("escalation/EscalationEventTest.testInterruptingEscalationBoundaryEvent.bpmn20.xml");
        runner.Start("escalationProcess");
        Assert.Equal(["task after catched escalation"], runner.Open);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void Terminate_CancelsTheOtherBranch()
    {
        var runner = Runner("end/TerminateEndEventTest.testProcessTerminate.bpmn");
        runner.Start("terminateEndEventExample");
        Assert.Equal(2, runner.Tasks.Count);
        runner.Complete("preTerminateTask");
        Assert.Empty(runner.Tasks);
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void Link_JumpsWithoutATrace()
    {
        var runner = Runner("link/LinkEventTest.testValidEventLink.bpmn20.xml");
        var state = runner.Start("linkEventValid");
        Assert.Equal(["waitAfterLink1"], runner.Waiting(state));
        runner.Message("waitAfterLink1");
        Assert.Equal(["waitAfterLink2"], runner.Waiting(state));
        runner.Message("waitAfterLink2");
        Assert.True(runner.AllEnded);
        Assert.Equal(["StartEvent_1", "waitAfterLink1", "waitAfterLink2", "EndEvent_1"], runner.History.Where(h => h.Kind == HistoryKind.Entered).Select(h => h.Node));
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void Compensation_IsRefusedByName()
    {
        var findings = MapCheck.Of(OperatonModel.Read("event/compensate/CompensateEventTest.testReceiveTaskCompensationHandler.bpmn20.xml"));
        Assert.Contains(findings, f => f.Code == "map.unsupported-event" && f.ElementId == "throwCompensate");
        Assert.Contains(findings, f => f.Code == "map.unsupported-setting" && f.ElementId == "compensationHandler" && f.Args.Contains("isForCompensation"));
    }
}
