var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
app.Run();

/// <summary>The composition root; named so that tests can start the application.</summary>
public partial class Program;
