package clients;

import static clients.Checks.fails;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Groups and configs as clients from 4.0 on see them. */
final class GroupApi {
  private GroupApi() {}

  static Set<String> list(Admin admin) throws Exception {
    return names(admin, ListGroupsOptions.forConsumerGroups());
  }

  static Set<String> listStable(Admin admin) throws Exception {
    return names(admin, ListGroupsOptions.forConsumerGroups().inGroupStates(Set.of(GroupState.STABLE)));
  }

  private static Set<String> names(Admin admin, ListGroupsOptions options) throws Exception {
    return admin.listGroups(options).all().get().stream().map(GroupListing::groupId).collect(Collectors.toSet());
  }

  static String state(ConsumerGroupDescription group) {
    return group.groupState().toString();
  }

  static void describeAbsent(Admin admin, String group) throws Exception {
    fails(GroupIdNotFoundException.class, () -> admin.describeConsumerGroups(List.of(group)).all().get());
  }

  static void legacyConfigChecks(Checks checks, AdminChecks admin) {
    checks.skip("alter configs, legacy", "the client has dropped it since 4.0");
  }
}
