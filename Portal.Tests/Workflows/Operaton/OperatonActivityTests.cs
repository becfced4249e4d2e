using Portal.Domain.Shared;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Checks;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Operaton;

/// <summary>Activity scenarios of the Operaton set, and the count of them all.</summary>
public sealed class OperatonActivityTests
{
    private static PaperRunner Runner(params string[] files) => new([.. files.Select(OperatonModel.Process)]);

    [SharedDataFact(OperatonModel.Folder)]
    public void All_ButTwo_PassThePublishCheck()
    {
        var rows = File.ReadLines(SharedData.File($"{OperatonModel.Folder}/EXPECTATIONS.tsv")).Skip(1).Select(line => line.Split('\t')).ToList();
        var refused = rows.Where(row => MapCheck.Of(OperatonModel.Read(row[0])).Any(f => !f.IsWarning)).Select(row => row[1]);

        Assert.Equal(53, rows.Count);
        Assert.Equal(4, rows.Count(row => row[2].Contains("(helper)")));
        Assert.Equal(["CatchErrorInEmbeddedSubProcess", "receiveTaskCompensationHandler"], refused);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void ReceiveTask()
    {
        var runner = Runner("receivetask/ReceiveTaskTest.singleReceiveTask.bpmn20.xml");
        runner.Start("testProcess");
        Assert.Single(runner.Subscriptions);
        runner.Message("newInvoiceMessage");
        Assert.Empty(runner.Subscriptions);
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void SequentialUserTasks()
    {
        var runner = Runner("multiinstance/MultiInstanceTest.sequentialUserTasks.bpmn20.xml");
        runner.Start("miSequentialUserTasks", ("nrOfLoops", Value.Of(3)));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"kermit_{i}", Assert.Single(runner.Tasks).Task.Assignee);
            runner.Complete("miTasks");
        }
        Assert.True(runner.AllEnded);

        var four = Runner("multiinstance/MultiInstanceTest.sequentialUserTasks.bpmn20.xml");
        four.Start("miSequentialUserTasks", ("nrOfLoops", Value.Of(4)));
        for (var i = 0; i < 4; i++) four.Complete("miTasks");
        Assert.Equal(4, four.Said.OfType<CloseTask>().Count());
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void ParallelUserTasks()
    {
        var runner = Runner("multiinstance/MultiInstanceTest.testParallelUserTasks.bpmn20.xml");
        var state = runner.Start("miParallelUserTasks");
        for (var left = 3; left > 0; left--)
        {
            Assert.Equal(left, runner.Instances[state.Id].Scopes.Count(s => s.Kind == ScopeKind.Iteration));
            Assert.Equal(Enumerable.Range(3 - left, left).Select(i => $"My Task {i}"), runner.Open);
            runner.Complete("miTasks");
        }
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void ParallelUserTasks_CompletionCondition()
    {
        var runner = Runner("multiinstance/MultiInstanceTest.testParallelUserTasksCompletionCondition.bpmn20.xml");
        runner.Start("miParallelUserTasksCompletionCondition");
        Assert.Equal(5, runner.Tasks.Count);
        for (var i = 0; i < 3; i++) runner.Complete("miTasks");
        Assert.Empty(runner.Tasks);
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void ParallelUserTasks_OneTimerForTheBody()
    {
        var runner = Runner("multiinstance/MultiInstanceTest.testParallelUserTasksWithTimer.bpmn20.xml");
        runner.Start("miParallelUserTasksWithTimer");
        Assert.Single(runner.Jobs);
        runner.Complete("miTasks");
        runner.Advance(TimeSpan.FromHours(2));
        Assert.Equal("taskAfterTimer", Assert.Single(runner.Tasks).Task.Node);
        runner.Complete("taskAfterTimer");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void ParallelUserTasks_OverACollection()
    {
        var runner = Runner("multiinstance/MultiInstanceTest.testParallelUserTasksBasedOnCollection.bpmn20.xml");
        string[] people = ["kermit", "gonzo", "mispiggy", "fozzie", "bubba"];
        runner.Start("miParallelUserTasksBasedOnCollection", ("assigneeList", Value.List(people.Select(Value.Of))));
        Assert.Equal(people, runner.Tasks.Select(t => t.Task.Assignee));
        for (var i = 0; i < 3; i++) runner.Complete("miTasks");
        Assert.Empty(runner.Tasks);
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void ParallelSubProcess()
    {
        var runner = Runner("multiinstance/MultiInstanceTest.testParallelSubProcess.bpmn20.xml");
        runner.Start("miParallelSubprocess");
        Assert.Equal(4, runner.Tasks.Count);
        foreach (var task in new[] { "task one", "task two", "task one", "task two" }) runner.Complete(task);
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void SubProcess()
    {
        var runner = Runner("subprocess/SubProcessTest.testSimpleSubProcess.bpmn20.xml");
        var state = runner.Start("simpleSubProcess");
        Assert.Equal(["Task in subprocess"], runner.Open);
        Assert.Equal(["subProcess", "subProcessTask"], runner.Waiting(state));
        runner.Complete("subProcessTask");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void SubProcess_Timer()
    {
        var runner = Runner("subprocess/SubProcessTest.testSimpleSubProcessWithTimer.bpmn20.xml");
        runner.Start("simpleSubProcess");
        runner.Advance(TimeSpan.FromHours(2) + TimeSpan.FromSeconds(1));
        Assert.Equal(["Fix escalated problem"], runner.Open);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void CallActivity()
    {
        var runner = Runner("callactivity/CallActivity.testCallSimpleSubProcess.bpmn20.xml", "callactivity/simpleSubProcess.bpmn20.xml");
        runner.Start("callSimpleSubProcess");
        foreach (var task in new[] { "Task before subprocess", "Task in subprocess", "Task after subprocess" })
        {
            Assert.Equal([task], runner.Open);
            runner.Complete(task);
        }
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void CallActivity_TimerCancelsTheChild()
    {
        var runner = Runner("callactivity/CallActivity.testTimerOnCallActivity.bpmn20.xml", "callactivity/simpleSubProcess.bpmn20.xml");
        runner.Start("timerOnCallActivity");
        runner.Advance(runner.Jobs.Single().Job.Due - runner.Now);
        Assert.Equal(["Escalated Task"], runner.Open);
        Assert.Contains(runner.Instances.Values, i => i.Status == InstanceStatus.Cancelled);
        runner.Complete("Escalated Task");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void CallActivity_InputAndOutput()
    {
        var runner = Runner("callactivity/CallActivity.testSubProcessDataInputOutput.bpmn20.xml", "callactivity/simpleSubProcess.bpmn20.xml");
        var parent = runner.Start("subProcessDataInputOutput", ("superVariable", Value.Of("Hello from the super process.")));
        Value Super(string name) => runner.Instances[parent.Id].Variables[name];
        InstanceState Child() => runner.Instances.Values.Last(i => i.Process == "simpleSubProcess");

        Assert.Equal(Value.Of("Hello from the super process."), Child().Variables["subVariable"]);
        runner.Send(Child().Id, new EditVariables(null, ContextValue.Of(("subVariable", Value.Of("Hello from sub process."))), [], Child().Variables, "answered"));
        Assert.Equal(Value.Of("Hello from the super process."), Super("superVariable"));
        runner.Complete("Task in subprocess");
        Assert.Equal(Value.Of("Hello from sub process."), Super("superVariable"));
        runner.Complete("userTask1", ("x", Value.Of(5)));
        Assert.Equal(Value.Of(10), Child().Variables["y"]);
        runner.Complete("Task in subprocess");
        Assert.Equal(Value.Of(15), Super("z"));
        runner.Complete("userTask2");
        Assert.True(runner.AllEnded);

        var empty = runner.Start("subProcessDataInputOutput");
        Assert.True(Child().Variables.Entries.ContainsKey("subVariable"));
        Assert.Equal(Value.Null, Child().Variables["subVariable"]);
        Assert.False(empty.Variables.Entries.ContainsKey("superVariable"));
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void TaskCandidate()
    {
        var runner = Runner("usertask/TaskCandidateTest.testSingleCandidateGroup.bpmn20.xml");
        runner.Start("singleCandidateGroup");
        var task = Assert.Single(runner.Tasks).Task;
        Assert.Equal("Pay out expenses", task.Title.Default);
        Assert.Null(task.Assignee);
        Assert.Equal(["accountancy"], task.CandidateRoles);
        runner.Complete("theTask");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void TaskDueDate()
    {
        var runner = Runner("usertask/TaskDueDateExtensionsTest.testDueDateExtension.bpmn20.xml");
        var due = new DateTimeOffset(1986, 7, 6, 12, 10, 0, TimeSpan.Zero);
        runner.Start("dueDateExtension", ("dateVariable", Value.Of(due)));
        Assert.Equal(due, Assert.Single(runner.Tasks).Task.Due);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void FailedServiceTask_CountsItsRetriesDownToAnIncident()
    {
        var runner = Runner("async/FoxJobRetryCmdTest.testFailedServiceTask.bpmn20.xml");
        runner.Actions["this.class.does.not.Exist"] = _ => throw new InvalidOperationException("no such class");
        var state = runner.Start("failedServiceTask");
        var job = Assert.Single(runner.Jobs).Job;
        var retries = Timers.ReadCycle(job.Retry!, runner.Now)!;
        Assert.Equal((5, "PT5M"), (retries.Remaining, retries.Interval));
        for (var left = 4; left >= 0; left--)
        {
            // A failed run is rolled back: the state before it stays, with its job.
            var step = ProcessEngine.Step(OperatonModel.Process("async/FoxJobRetryCmdTest.testFailedServiceTask.bpmn20.xml"), runner.Instances[state.Id], new JobDue(job.Job), runner.Now);
            Assert.Throws<InvalidOperationException>(() => runner.Actions[step.Commands.OfType<InvokeAction>().Single().Name](ContextValue.Empty));
            Assert.Equal(["failingServiceTask"], runner.Waiting(state));
        }
        runner.Send(state.Id, new JobExhausted(job.Job, "no such class"));
        Assert.Empty(runner.Jobs);
        Assert.Equal("failingServiceTask", Assert.Single(runner.Incidents).Incident.Node);
        Assert.Equal(["failingServiceTask"], runner.Waiting(state));
    }
}
