package clients;

/** Apache Kafka's own Java client against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Checks checks = new Checks();
    boolean ok;
    try (Broker broker = new Broker()) {
      new TopicChecks(broker).run(checks);
      new RoundTripChecks(broker).run(checks);
      new GroupChecks(broker).run(checks);
      new OffsetChecks(broker).run(checks);
      new AdminChecks(broker).run(checks);
      new SizeChecks(broker).run(checks);
      checks.check("remove the topics", broker::removeTopics);
      ok = checks.finish();
    }
    System.exit(ok ? 0 : 1);
  }
}
