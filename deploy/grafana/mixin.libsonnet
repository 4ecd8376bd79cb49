// For jsonnet mixins: the generated boards under the name that their tools look for.
{
  grafanaDashboards+:: {
    'ant-watcher-overview.json': import 'dashboards/ant-watcher-overview.json',
    'ant-watcher-queues.json': import 'dashboards/ant-watcher-queues.json',
    'ant-watcher-workflow.json': import 'dashboards/ant-watcher-workflow.json',
    'ant-watcher-self.json': import 'dashboards/ant-watcher-self.json',
  },
}
