package clients;

import static clients.Checks.equal;
import static clients.Checks.eventually;
import static clients.Checks.fails;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupsOptions;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;

/** Groups and configs as clients before 4.0 see them. */
final class GroupApi {
  private GroupApi() {}

  static Set<String> list(Admin admin) throws Exception {
    return names(admin, new ListConsumerGroupsOptions());
  }

  static Set<String> listStable(Admin admin) throws Exception {
    return names(admin, new ListConsumerGroupsOptions().inStates(Set.of(ConsumerGroupState.STABLE)));
  }

  private static Set<String> names(Admin admin, ListConsumerGroupsOptions options) throws Exception {
    var listed = admin.listConsumerGroups(options).all().get();
    return listed.stream().map(ConsumerGroupListing::groupId).collect(Collectors.toSet());
  }

  static String state(ConsumerGroupDescription group) {
    return group.state().toString();
  }

  /** Before version 6 of DescribeGroups a group that is not there is one that is dead. */
  static void describeAbsent(Admin admin, String group) throws Exception {
    equal("Dead", state(admin.describeConsumerGroups(List.of(group)).all().get().get(group)), "state");
  }

  static void legacyConfigChecks(Checks checks, AdminChecks admin) {
    checks.check("alter configs, legacy", () -> alterConfigs(admin));
  }

  /** The legacy call sets all: what it does not name goes back to its default. */
  private static void alterConfigs(AdminChecks checks) throws Exception {
    String topic = checks.broker.topic(1, Map.of("retention.ms", "7200000"));
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    replace(checks.broker.admin, resource, new ConfigEntry("max.message.bytes", "2000"));
    eventually("the key is set", () -> checks.configs(resource).get("max.message.bytes").value().equals("2000"));
    equal("604800000", checks.configs(resource).get("retention.ms").value(), "retention.ms");
    fails(
        InvalidConfigurationException.class,
        () -> replace(checks.broker.admin, resource, new ConfigEntry("retention.ms", "soon")));
  }

  @SuppressWarnings("deprecation")
  private static void replace(Admin admin, ConfigResource resource, ConfigEntry entry) throws Exception {
    admin.alterConfigs(Map.of(resource, new Config(List.of(entry)))).all().get();
  }
}
